import { Worker } from 'node:worker_threads'

/** What concerns only the program itself: what it runs, how, and under which name. Its environment is handed on as it is by then. */
const programs =
  /^(-[epci]|-pe|--(eval|print|check|interactive|input-type|run|title|(env-file|watch|(experimental-)?test)(-.+)?))$/
const inspecting = /^--(inspect|debug-port)(-.+)?$/
const opening = /^--inspect(-brk|-wait)?$/
const preloading = /^(-r|--(require|import|(experimental-)?loader))$/

/** The options of Node.js that nodes are started with. */
export interface NodesOptions {
  readonly thread: readonly string[]
  readonly process: readonly string[]
  /** What stands in `NODE_OPTIONS`. */
  readonly environment: string | undefined
  /** Those of the OS process of a crew, whose main thread runs no code of the program's: without its preloads. */
  readonly crew: { readonly process: readonly string[]; readonly environment: string | undefined }
}

/**
 * What nodes get of the options that this program was given: all but those that are its own. Those that act for a whole OS process, V8's
 * too, hold for its threads anyway. The processes of an inspected program listen at a free port each, and wait for nobody.
 */
export function optionsForNodes(): NodesOptions {
  const { execArgv } = process
  const environment = wordsOf(process.env['NODE_OPTIONS'] ?? '')
  const isInspected = [...execArgv, ...environment].some((word) => opening.test(nameOf(word)))
  const kept = without(without(execArgv, programs), inspecting)
  const inspected = isInspected ? ['--inspect=0'] : []
  const handedOn = without(environment, inspecting)
  return {
    thread: acceptedByWorkers(kept),
    process: [...kept, ...inspected],
    environment: textOf(handedOn),
    crew: {
      process: [...without(kept, preloading), ...inspected],
      environment: textOf(without(handedOn, preloading)),
    },
  }
}

/** What threads that are started by this one find in `NODE_OPTIONS`: they inherit its environment, though it was started without some of them. */
export function setNodeOptions(options: string | undefined): void {
  if (options === undefined) delete process.env['NODE_OPTIONS']
  else process.env['NODE_OPTIONS'] = options
}

/** How to start a worker of our own, in which no code of the program's runs: without its preloads. */
export function ownWorkerOptions(): { readonly execArgv: string[]; readonly env: NodeJS.ProcessEnv } {
  const { NODE_OPTIONS: given, ...env } = process.env
  const kept = (words: readonly string[]): string[] =>
    [programs, inspecting, preloading].reduce<string[]>(without, [...words])
  const environment = textOf(kept(wordsOf(given ?? '')))
  return {
    execArgv: acceptedByWorkers(kept(process.execArgv)),
    env: { ...env, ...(environment !== undefined && { NODE_OPTIONS: environment }) },
  }
}

function without(words: readonly string[], unwanted: RegExp): string[] {
  return optionsThat((word) => !unwanted.test(nameOf(word)), words)
}

/** A value that does not stand behind the `=` of its option stands behind it in a word of its own, and goes with it. */
function optionsThat(stay: (option: string) => boolean, words: readonly string[]): string[] {
  let stays = true
  return words.filter((word) => {
    if (nameOf(word).startsWith('-')) stays = stay(word)
    return stays
  })
}

function nameOf(word: string): string {
  return (word.split('=', 1)[0] as string).replaceAll('"', '')
}

/** Words of `NODE_OPTIONS` are separated by spaces, and may hold some in double quotes. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"(?:\\.|[^"\\])*"|\S)+/g)].map(([word]) => word)
}

function textOf(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(' ')
}

/** Only Node.js knows which of its options a worker takes; it says so, before it starts anything, when one of them cannot be. */
function acceptedByWorkers(options: readonly string[]): string[] {
  if (options.length === 0) return []
  try {
    void new Worker('', { eval: true, execArgv: [...options, '--no-such-option'] })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error
    const refused = `${message.slice(message.indexOf(': ') + 1)},`
    return optionsThat((option) => !refused.includes(` ${option},`), options)
  }
  return [...options]
}
