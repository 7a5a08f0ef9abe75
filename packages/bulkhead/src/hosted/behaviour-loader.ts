import { NotLoadable } from '@bulkhead/core'
import { denialOf } from '../sandbox/denial.ts'

/** Milliseconds for which a module may neither define the behaviour nor settle. */
const silentMs = 20_000

type Table = Map<string, unknown>
const TABLE = Symbol.for('bulkhead.behaviours')

interface Waiting {
  readonly url: string
  readonly defined: () => void
  readonly fail: (why: string) => void
}

/** Who waits for which key. */
const waiting = new Map<string, Set<Waiting>>()

/** Modules that have called `start` here, and never go on. */
const halted = new Set<string>()
const whyHalted =
  'it is defined below `await start()`, where a node never comes; define it above, or in a module of its own'

/**
 * A program calls `start` in a node, where that never settles: the module that does so never goes on, so what it has not defined by now it
 * never will. `stack`: where it was called.
 */
export function startWasCalled(stack: string): void {
  for (const one of [...waiting.values()].flatMap((all) => [...all])) {
    if (!stack.includes(one.url)) continue
    halted.add(one.url)
    one.fail(whyHalted)
  }
}

/**
 * Makes the behaviour with this key known in this realm by importing its module. That is done as soon as the module has defined it, also when
 * the module throws or never settles afterwards, as a program does that ends in `await start()`. Rejects with `NotLoadable`.
 */
export async function loadBehaviour(url: string, key: string): Promise<void> {
  const table = observedTable()
  if (table.has(key)) return
  const name = key.slice(url.length + 1)
  if (halted.has(url)) throw new NotLoadable(`${name} of ${url}: ${whyHalted}`)
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void =>
      settle(() => reject(new NotLoadable(`${name} of ${url}: ${why}`, { cause })))
    const patience = setTimeout(
      () => fail(`the module was not ready within ${silentMs} ms; define the behaviour above its first await`),
      silentMs,
    )
    const own: Waiting = { url, defined: () => settle(resolve), fail }
    const settle = (outcome: () => void): void => {
      clearTimeout(patience)
      waiting.get(key)?.delete(own)
      outcome()
    }
    patience.unref()
    waiting.set(key, (waiting.get(key) ?? new Set()).add(own))
    import(url).then(
      () =>
        fail('the module defines no such behaviour; define it at the top level, with import.meta of the module itself'),
      (error: unknown) => fail(`the module cannot be imported (${whyNot(error)})`, error),
    )
  })
}

/** A sandbox reads what it was given: what it lacks is named, and where to name it. */
function whyNot(error: unknown): string {
  const denial = denialOf(error)
  return denial === undefined ? ((error as Error | undefined)?.message ?? String(error)) : `it ${denial}`
}

/** The table that every `define…` fills, made to say what enters it. */
function observedTable(): Table {
  const holder = globalThis as { [TABLE]?: Table }
  const table = (holder[TABLE] ??= new Map())
  if (!observed.has(table)) {
    observed.add(table)
    table.set = (key, value) => {
      Map.prototype.set.call(table, key, value)
      waiting.get(key)?.forEach(({ defined }) => defined())
      return table
    }
  }
  return table
}

const observed = new WeakSet<Table>()
