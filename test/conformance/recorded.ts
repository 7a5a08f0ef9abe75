import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What one Erlang program saw. */
interface Recording {
  /** OTP's release, or Elixir's with it. */
  readonly of: string
  readonly items: Readonly<Record<string, unknown>>
}

const folder = join(import.meta.dirname, 'recorded')

/** By id: what real Erlang did, as `erlang/record.sh` wrote it down. */
export const recorded: ReadonlyMap<string, unknown> = new Map(
  globSync('*.json', { cwd: folder }).flatMap((file) =>
    Object.entries((JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording).items),
  ),
)
