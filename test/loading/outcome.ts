import { spawn } from 'node:child_process'

/** How a program went, from its start to its end. */
export interface Outcome {
  /** The exit status, or the signal that ended it. */
  readonly status: number | NodeJS.Signals | null
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** All of that, for the message of a failed expectation. */
  readonly text: string
}

export interface OutcomeOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What the program reads on its standard input. Default: nothing. */
  readonly input?: string
}

/** Milliseconds that a program may take on a busy machine. */
const patienceMs = 60_000

/** Runs Node.js with these arguments to its end. */
export async function outcomeOf(args: readonly string[], options: OutcomeOptions = {}): Promise<Outcome> {
  const { cwd, env = {}, input = '' } = options
  const child = spawn(process.execPath, args, {
    stdio: 'pipe',
    env: { ...plainEnvironment(), ...env },
    ...(cwd !== undefined && { cwd }),
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  child.stdin.on('error', () => {}) // it ended without reading
  child.stdin.end(input)
  const [stdout, stderr, status] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<Outcome['status']>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve(code ?? signal))
    }),
  ])
  clearTimeout(timer)
  return { status, stdout: linesOf(stdout), stderr: linesOf(stderr), text: `status ${status}\n${stdout}\n${stderr}` }
}

/** What a program finds in the environment of a plain terminal: nothing of the test runner around it. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|TEST$|DEBUG$)/.test(name)))
}

/** A run that went well; throws what the program said when it did not. */
export function endedWell(outcome: Outcome): Outcome {
  if (outcome.status !== 0) throw new Error(outcome.text)
  return outcome
}

/** The JSON behind the only line on stdout that begins so; throws what the program said when there is none, or another one. */
export function saidBy<T>({ stdout, text }: Outcome, word: string): T {
  const [line, ...others] = stdout.filter((each) => each.startsWith(`${word} `))
  if (line === undefined || others.length > 0)
    throw new Error(`it said ${word} ${others.length === 0 ? 'never' : 'twice'}: ${text}`)
  return JSON.parse(line.slice(word.length + 1)) as T
}

/** Calls a function once for each key, and gives every caller that one result. */
export function once<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>()
  return (key) => {
    const result = made.get(key) ?? make(key)
    made.set(key, result)
    return result
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString()
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')
