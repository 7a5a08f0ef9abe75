// Shows: a load that goes on while the service is hurt. A wave of clients starts every quarter of a second, also when the one before
// has not been answered yet, up to a limit; so a fault is always met by requests.
import autocannon from 'autocannon'
import type { Exchange, Ledger } from './ledger.ts'

const WAVE_EVERY_MS = 250
const CLIENTS_PER_WAVE = 3
const QUESTIONS_PER_CLIENT = 8
/** Beyond this the service is behind, and more questions would measure only the length of their own queue. */
const WAVES_OPEN_MAX = 2
/** How long a client waits before it gives a request up as unanswered. */
const PATIENCE_SECONDS = 15

export interface LoadOptions {
  readonly url: string
  readonly ledger: Ledger
  readonly nextQuestion: () => string
  /** Called with each answer of status 200. */
  readonly onAnswer: (exchange: Exchange, body: string) => void
}

export interface Load {
  /** Starts no further wave; resolves when each request that was sent has its end. */
  finish(): Promise<void>
}

export function startLoad(options: LoadOptions): Load {
  const open = new Set<Promise<void>>()
  const startWave = (): void => {
    if (open.size >= WAVES_OPEN_MAX) return
    const wave = runWave(options).finally(() => open.delete(wave))
    open.add(wave)
  }
  startWave()
  const timer = setInterval(startWave, WAVE_EVERY_MS)
  return {
    finish: async () => {
      clearInterval(timer)
      await Promise.all(open)
    },
  }
}

/** One wave: each client opens a connection, asks its questions one after another and leaves. */
async function runWave(options: LoadOptions): Promise<void> {
  const { ledger } = options
  const sent: Exchange[] = []
  const { timeouts } = await autocannon({
    url: options.url,
    connections: CLIENTS_PER_WAVE,
    amount: CLIENTS_PER_WAVE * QUESTIONS_PER_CLIENT,
    timeout: PATIENCE_SECONDS,
    sampleInt: 20,
    requests: [
      {
        setupRequest: (request) => {
          const exchange = ledger.send(options.nextQuestion())
          sent.push(exchange)
          const path = `/search?q=${encodeURIComponent(exchange.question)}`
          return { ...request, path, headers: { 'x-request-id': String(exchange.id) } }
        },
        onResponse: (status, body, _context, headers) => settle(options, status, body, headers),
      },
    ],
  })
  endUnsettled(ledger, sent, timeouts)
}

/** The answer names its request, so a connection that broke in between cannot give it to another one. */
function settle(
  { ledger, onAnswer }: LoadOptions,
  status: number,
  body: string,
  headers: Record<string, string>,
): void {
  const exchange = ledger.waiting(Number(headers['x-request-id']))
  if (exchange === undefined) return
  ledger.end(exchange, status === 200 ? 'answered' : 'failed')
  if (status === 200) onAnswer(exchange, body)
}

/** What has no answer when the wave is over: the oldest ran out of patience, as often as that happened; the others lost their connection. */
export function endUnsettled(ledger: Ledger, sent: readonly Exchange[], timeouts: number): void {
  const left = sent.filter(({ id }) => ledger.waiting(id) !== undefined)
  left.forEach((exchange, i) => ledger.end(exchange, i < timeouts ? 'unanswered' : 'failed'))
}
