import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { hasErlang } from './beam.ts'

/** What was measured on, a line each. */
export function machine(): readonly string[] {
  return [
    `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'of an unknown model'}; ${Math.round(totalmem() / 2 ** 30)} GiB; ${process.platform} ${release()} ${process.arch}`,
    `Node.js ${process.versions.node}, V8 ${process.versions.v8}`,
    hasErlang() ? `Erlang/OTP ${otp()}` : 'Erlang is not installed: its rows are missing',
    Object.entries(libraries())
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ]
}

const otp = (): string =>
  execFileSync('erl', ['-noshell', '-eval', 'io:format("~s", [erlang:system_info(otp_release)]), halt().'], {
    encoding: 'utf8',
  })

function libraries(): Readonly<Record<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return dependencies
}
