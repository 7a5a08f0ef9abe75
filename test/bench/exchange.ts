import type { Channel } from './channel.ts'
import { spentOn } from './cpu.ts'
import { quantile } from './stats.ts'

/** What is sent and answered. */
export interface Content<Message> {
  /** The message of this index, from 0. The next call may return the same object, changed. */
  make(index: number): Message
  /** A number that tells whether what was answered is what was due. */
  mark(answer: Message): number
  /** What `mark` gives for the answer to the message of this index. */
  expected(index: number): number
}

/** What one exchange took. */
export interface ExchangeFigures {
  readonly perSecond: number
  /** Microseconds per round trip, of exchanges with one message in flight; else not a number. */
  readonly p50: number
  readonly p99: number
  /** For each message, of which a round trip has two. */
  readonly cpuNs: number | undefined
}

/** Milliseconds after which what has not been answered never will be. */
const PATIENCE_MS = 120_000

/**
 * Sends `n` messages: `inFlight` at once, and each of the others after an answer. Rejects when one is not answered, or when the answers are not those
 * that are due.
 */
export async function exchange<Message>(
  channel: Channel<Message>,
  content: Content<Message>,
  n: number,
  inFlight: number,
): Promise<ExchangeFigures> {
  const latencies: number[] = []
  const {
    value: sum,
    wallMs,
    cpuMs,
  } = await spentOn(() => answersTo(channel, content, n, inFlight, inFlight === 1 ? latencies : undefined))
  checkSum(content, n, sum)
  return {
    perSecond: (n / wallMs) * 1000,
    p50: quantile(latencies, 0.5) * 1000,
    p99: quantile(latencies, 0.99) * 1000,
    cpuNs: cpuMs === undefined ? undefined : (cpuMs * 1e6) / (2 * n),
  }
}

/** Throws when the marks of the answers to the first `n` messages do not come to this. */
export function checkSum({ expected }: Pick<Content<never>, 'expected'>, n: number, sum: number): void {
  let due = 0
  for (let index = 0; index < n; index++) due += expected(index)
  if (sum !== due) throw new Error(`the marks of ${n} answers come to ${sum} and not to ${due}`)
}

/** The sum of the marks of all answers. */
function answersTo<Message>(
  channel: Channel<Message>,
  { make, mark }: Content<Message>,
  n: number,
  inFlight: number,
  latencies: number[] | undefined,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let sent = 0
  let answered = 0
  let sum = 0
  let sentAt = 0
  const late = (): void => reject(new Error(`${answered} of ${n} messages were answered in ${PATIENCE_MS} ms`))
  const patience = setTimeout(late, PATIENCE_MS)
  const send = (): void => {
    if (latencies !== undefined) sentAt = performance.now()
    channel.send(make(sent++))
  }
  channel.failed = reject
  channel.answered = (answer) => {
    latencies?.push(performance.now() - sentAt)
    sum += mark(answer)
    if (++answered === n) resolve(sum)
    else if (sent < n) send()
  }
  while (sent < Math.min(inFlight, n)) send()
  return promise.finally(() => clearTimeout(patience))
}
