import type { Row } from './row.ts'

/** What is aimed at: each of these rows has at least that ratio. */
export interface Bar {
  readonly what: string
  /** The rows that it is about. */
  readonly rows: (id: string) => boolean
  readonly least: number
  /** Of how many of them it has to hold. Default all. */
  readonly of?: number
}

const oneOf =
  (...ids: readonly string[]) =>
  (id: string): boolean =>
    ids.includes(id)

export const bars: readonly Bar[] = [
  {
    what: 'request-reply with a thread, sequential, against `postMessage`',
    rows: oneOf('request-reply/thread/sequential'),
    least: 1.5,
  },
  {
    what: 'request-reply with a thread, 64 in flight, against `postMessage`',
    rows: oneOf('request-reply/thread/64'),
    least: 4,
  },
  {
    what: 'request-reply with a process, sequential, against the better `fork`',
    rows: oneOf('request-reply/process/sequential'),
    least: 2,
  },
  {
    what: 'request-reply with a process, 64 in flight, against the better `fork`',
    rows: oneOf('request-reply/process/64'),
    least: 4,
  },
  { what: 'one-way to a thread, against `postMessage`', rows: oneOf('one-way/thread'), least: 5 },
  { what: 'one-way to a process, against the better `fork`', rows: oneOf('one-way/process'), least: 2.5 },
  { what: '256 shapes against one, at most twice the time', rows: (id) => id.endsWith('/256-shapes'), least: 0.5 },
  {
    what: '64 KiB and 1 MiB of bytes, against the platform’s best way',
    rows: (id) => /^payloads\/\w+\/(64-KiB|1-MiB)$/.test(id),
    least: 0.9,
  },
  { what: 'every library on its own placement', rows: (id) => id.startsWith('libraries/'), least: 2 },
  { what: 'a process against OTP’s `peer`: three of the four', rows: (id) => id.startsWith('peer/'), least: 1, of: 3 },
  {
    what: 'a call in place, sequential, CPU against `gen_server:call`',
    rows: oneOf('inline/call/sequential'),
    least: 0.7,
  },
  { what: 'a call in place, 64 in flight, CPU against `gen_server:call`', rows: oneOf('inline/call/64'), least: 1 },
  {
    what: 'Savina, all programs, against Erlang on as many cores',
    rows: (id) => id.startsWith('savina/geometric-mean-all/'),
    least: 1,
  },
  {
    what: 'Savina, the programs that send messages',
    rows: (id) => id.startsWith('savina/geometric-mean-messaging/'),
    least: 0.7,
  },
  { what: 'a million idle actors, bytes each, at most a third of Erlang’s', rows: oneOf('idle/bytes'), least: 3 },
  { what: 'a million idle actors, time', rows: oneOf('idle/time'), least: 1 },
  {
    what: 'a node of its own from a spare, against `new Worker` and `fork`',
    rows: (id) => /^(spawn\/dedicated|restart)\/(thread|process)\/warm$/.test(id),
    least: 10,
  },
  {
    what: 'the same without a spare',
    rows: (id) => /^(spawn\/dedicated|restart)\/(thread|process)\/cold$/.test(id),
    least: 0.8,
  },
  { what: 'two pairs on two nodes against one, wall', rows: oneOf('pairs/wall'), least: 1.4 },
  { what: 'two pairs on two nodes against one, CPU per message', rows: oneOf('pairs/cpu'), least: 1 / 1.2 },
  {
    what: 'root, two threads and two processes that idle: 50 ms of CPU in 10 s',
    rows: oneOf('system/idle/cpu'),
    least: 1,
  },
]

/** How a bar stands: its rows that were measured, and whether it holds. Undefined when nothing of it was measured. */
export function standing(
  bar: Bar,
  rows: readonly Row[],
): { readonly lowest: number; readonly holds: boolean; readonly measured: number } | undefined {
  const ratios = rows.flatMap(({ id, ratio }) => (bar.rows(id) && ratio !== undefined ? [ratio] : []))
  if (ratios.length === 0) return undefined
  const held = ratios.filter((ratio) => ratio >= bar.least).length
  return { lowest: Math.min(...ratios), holds: held >= (bar.of ?? ratios.length), measured: ratios.length }
}
