import { readdirSync } from 'node:fs'
import type { Connection } from '@bulkhead/core/transport'
import { handOver, makeFrame } from './frames.ts'
import { Observer } from './observer.ts'
import { someTurns, turns } from './turns.ts'

/** What a program of the suite finds on the far side. Reports and words travel beside the connection: by any way that works. */
export interface FarSide {
  readonly connection: Connection
  /** Hands plain data to the near side. */
  report(value: unknown): void
  /** Calls the listener with each word that the near side says. */
  onWord(listener: (word: string) => void): void
}

type Program = (far: FarSide, args: readonly number[]) => void

/**
 * What the far sides of the laws do. Every one of them reports what it saw once its connection has ended.
 * - `collect`: receives.
 * - `echo`: sends every frame back, with what came beside it.
 * - `late`: receives only when the word `go` is said.
 * - `send COUNT LENGTH`: sends that many frames at once, reports `sent` some turns later.
 * - `hand COUNT LENGTH`: hands that many frames over, at once.
 * - `flood COUNT LENGTH`: sends that many frames, and waits for `drained` whenever `send` returns false; reports `flooded` after the last.
 * - `close`: receives, and closes at once.
 * - `census`: reports what keeps its event loop busy, and how many descriptors are open.
 */
const programs: Readonly<Record<string, Program>> = {
  collect: (far) => observe(far, new Observer()),
  echo: (far) => {
    const back = (
      segment: Uint8Array,
      start: number,
      end: number,
      beside?: readonly (SharedArrayBuffer | ArrayBuffer)[],
    ) => void far.connection.send(segment.slice(start, end), undefined, 0, 0, beside)
    observe(far, new Observer(back))
  },
  late: (far) => far.onWord((word) => word === 'go' && observe(far, new Observer())),
  send: (far, [count = 1, length = 16]) => {
    observe(far, new Observer())
    for (let index = 0; index < count; index += 1) far.connection.send(makeFrame(index, length))
    void turns(someTurns).then(() => far.report('sent'))
  },
  hand: (far, [count = 1, length = 16]) => {
    observe(far, new Observer())
    for (let index = 0; index < count; index += 1) handOver(far.connection, makeFrame(index, length))
  },
  flood: (far, [count = 1, length = 16]) => {
    let index = 0
    const sendOn = () => {
      while (index < count) if (!far.connection.send(makeFrame(index++, length))) break
      if (index === count) far.report('flooded')
    }
    observe(far, new Observer(undefined, () => index < count && sendOn()))
    sendOn()
  },
  close: (far) => {
    observe(far, new Observer())
    far.connection.close()
  },
  census: (far) => {
    observe(far, new Observer())
    void turns(someTurns).then(() => far.report(census()))
  },
}

/** Runs one of the suite's programs on the far side of a connection. Throws if there is no such program. */
export function runProgram(program: string, far: FarSide): void {
  const [name = '', ...args] = program.split(' ')
  const run = programs[name]
  if (!run) throw new Error(`There is no program "${name}".`)
  run(far, args.map(Number))
}

/** What an OS process, or this thread of it, holds at the moment. */
export interface Census {
  /** Handles and requests that keep the event loop alive. */
  readonly active: number
  /** Open descriptors; 0 where there is no way to see. */
  readonly descriptors: number
}

/** Counts what is held here. */
export function census(): Census {
  const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
  return { active: process.getActiveResourcesInfo().length, descriptors }
}

function observe(far: FarSide, observer: Observer): void {
  far.connection.receive(observer)
  void observer.ended.then(() => turns(someTurns)).then(() => far.report(observer.seen))
}
