// Shows: a line that is written again and again on a terminal, and not at all elsewhere.
import type { RequestCounts } from './ledger.ts'

export interface Progress {
  readonly elapsedMs: number
  readonly totalMs: number
  readonly requests: RequestCounts
  readonly injected: number
  readonly planned: number
  /** What is being recovered from now. */
  readonly current: string | undefined
}

const BAR_LENGTH = 20
/** For terminals that do not know their width, or say 0. */
const COLUMNS = 80

export function progressLine(
  { elapsedMs, totalMs, requests, injected, planned, current }: Progress,
  columns: number,
): string {
  const filled = Math.min(BAR_LENGTH, Math.floor((elapsedMs / totalMs) * BAR_LENGTH))
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_LENGTH - filled)
  const seconds = `${Math.floor(elapsedMs / 1_000)}/${totalMs / 1_000} s`
  const counts = `${requests.answered} answered, ${requests.failed} failed`
  const line = `${bar} ${seconds} · ${counts} · fault ${injected}/${planned}${current ? `: ${current}` : ''}`
  return line.length < columns ? line : line.slice(0, Math.max(0, columns - 1))
}

export interface ProgressOutput {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** Draws until `stop`, which wipes the line. */
export function showProgress(output: ProgressOutput, read: () => Progress): { stop(): void } {
  if (!output.isTTY) return { stop: () => {} }
  const draw = (): void => void output.write(`\r\x1b[2K${progressLine(read(), output.columns || COLUMNS)}`)
  const timer = setInterval(draw, 200)
  return {
    stop: () => {
      clearInterval(timer)
      output.write('\r\x1b[2K')
    },
  }
}
