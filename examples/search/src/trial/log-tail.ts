// Shows: keeping a log out of the way until somebody needs it. In a trial crashes are expected, so their reports are printed only
// when the trial did not pass.
import type { LogRecord } from 'bulkhead'

const LINES_KEPT = 60

export class LogTail {
  readonly #lines: string[] = []

  readonly add = ({ level, path, text }: LogRecord): void => {
    this.#lines.push([level, path, text].filter(Boolean).join(' '))
    if (this.#lines.length > LINES_KEPT) this.#lines.shift()
  }

  get lines(): readonly string[] {
    return this.#lines
  }
}
