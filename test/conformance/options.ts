import { parseArgs } from 'node:util'

export interface Options {
  /** Print the counts as JSON, and nothing else on stdout. */
  readonly json: boolean
  /** Ask real Erlang again. */
  readonly record: boolean
  readonly help: boolean
}

export const usage = `npm run conformance -- [--record] [--json]

Tries every item of OTP's behaviour inline, on threads, in processes and spread, compares with what real Erlang was
recorded doing, and writes docs/conformance.md.
  --record  asks real Erlang again first (needs erl and erlc: the Debian package erlang-base)
  --json    prints {items, passed, deviations, failed} as JSON (with npm run --silent conformance)
The exit status is 1 if an item failed or has no test.`

/** Reads the command line. Throws an Error that says what is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return values
}
