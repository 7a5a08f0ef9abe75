import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import type { IsolationLimits } from './isolation.ts'

/** What stands between a sandbox and the rest; see docs/untrusted.md. */
export const WALLS_OF_SANDBOX = [
  'files',
  'processes',
  'workers',
  'addons',
  'inspector',
  'network',
  'signals',
  'memory',
  'descriptors',
  'orphans',
] as const

export type SandboxWall = (typeof WALLS_OF_SANDBOX)[number]

/** A `URL`, as far as it is looked at here. */
export interface FileUrl {
  readonly href: string
}

/** How the sandbox of an untrusted actor is made. */
export interface SandboxHints {
  /** Files and folders that it may read besides its module and the packages that this imports: absolute paths or `file:` URLs, also as text. Default none. */
  readonly read?: readonly (string | FileUrl)[]
  /** Its whole environment. Default empty. */
  readonly env?: Readonly<Record<string, string>>
  /** Walls without which it is not started: what this machine cannot hold is a `PlacementError`. Default none. */
  readonly require?: readonly SandboxWall[]
  /** Frames that it may send per second. More is a violation. Default 20,000. */
  readonly framesPerSecond?: number
  /** Bytes that it may send per second. More is a violation. Default 16 MiB. */
  readonly bytesPerSecond?: number
  /** Bytes of its longest frame, at most `bytesPerSecond`. More is a violation. Default 1 MiB. */
  readonly frameBytes?: number
  /** Bytes that it may print per second. What is more is dropped, and counted. Default 256 KiB. */
  readonly outputBytesPerSecond?: number
  /** File descriptors that it may have open, from 64. Default 128. */
  readonly descriptors?: number
}

export interface WallState {
  readonly wall: SandboxWall
  /** `partly`: see `by`. */
  readonly holds: 'yes' | 'partly' | 'no'
  /** What holds it, or what would. */
  readonly by: string
}

/** A sandbox as it was decided. */
export interface Confinement extends Required<Omit<SandboxHints, 'env' | 'read'>> {
  readonly read: readonly string[]
  /** Values stand here on the way to the warden only; whoever asks for an explanation sees names. */
  readonly env: Readonly<Record<string, string>> | readonly string[]
  /** The module for which it is made. */
  readonly module?: string
  /** What this machine holds of it. */
  readonly walls?: readonly WallState[]
}

/** What holds for an untrusted actor unless `limits` say otherwise. */
export const untrustedLimits: IsolationLimits = { heapMb: 64, rssMb: 256 }

/** The hints with their defaults. */
export function confinementOf(hints: SandboxHints): Confinement {
  const given = Object.entries(plainSandbox(hints)).filter(([, value]) => value !== undefined)
  return {
    read: [],
    env: {},
    require: [],
    framesPerSecond: 20_000,
    bytesPerSecond: 16 * 2 ** 20,
    outputBytesPerSecond: 256 * 2 ** 10,
    descriptors: 128,
    ...Object.fromEntries(given),
    frameBytes: hints.frameBytes ?? Math.min(2 ** 20, hints.bytesPerSecond ?? 2 ** 20),
  }
}

/** The same hints as data that travels: a URL is its text. */
export function plainSandbox(hints: SandboxHints): SandboxHints {
  const { read } = hints
  return read === undefined ? hints : { ...hints, read: read.map(textOf) }
}

const textOf = (path: string | FileUrl): string => (typeof path === 'string' ? path : path.href)

const whole =
  (min: number, unit: string) =>
  (value: unknown): string | undefined =>
    Number.isSafeInteger(value) && (value as number) >= min
      ? undefined
      : `give a whole number of ${unit}, ${min} or more`

const CHECKS: Readonly<Record<Exclude<keyof SandboxHints, 'env'>, (value: unknown) => string | undefined>> = {
  read: (value) =>
    Array.isArray(value) && value.every((path) => isAbsolute(path))
      ? undefined
      : 'give an array of absolute paths or file: URLs, without wildcards',
  require: (value) =>
    Array.isArray(value) && value.every((wall) => WALLS_OF_SANDBOX.includes(wall as SandboxWall))
      ? undefined
      : `give an array of walls: ${WALLS_OF_SANDBOX.join(', ')}`,
  framesPerSecond: whole(100, 'frames'),
  bytesPerSecond: whole(65_536, 'bytes'),
  frameBytes: whole(4_096, 'bytes'),
  outputBytesPerSecond: whole(0, 'bytes'),
  descriptors: whole(64, 'descriptors'),
}

export const SANDBOX_FIELDS: readonly string[] = [...Object.keys(CHECKS), 'env']

/** Throws `InvalidOption`, naming the field that is wrong. Whether the paths exist is seen when the sandbox is made. */
export function checkSandbox(sandbox: SandboxHints, name: string): void {
  checkFields(sandbox, SANDBOX_FIELDS, 'hint', name)
  for (const [field, check] of Object.entries(CHECKS)) {
    const value = sandbox[field as keyof SandboxHints]
    const expected = value === undefined ? undefined : check(value)
    if (expected !== undefined) throw new InvalidOption(`${name}.${field}`, value, expected)
  }
  const { env, frameBytes, bytesPerSecond } = sandbox
  if (env !== undefined) checkEnvironment(env, `${name}.env`)
  const most = bytesPerSecond ?? confinementOf({}).bytesPerSecond
  if (frameBytes !== undefined && frameBytes > most)
    throw new InvalidOption(`${name}.frameBytes`, frameBytes, `give at most bytesPerSecond, ${most}`)
}

/** A value is not shown: it can be a secret. */
function checkEnvironment(env: unknown, name: string): void {
  if (typeof env !== 'object' || env === null || Array.isArray(env))
    throw new InvalidOption(name, env, 'give an object of strings')
  for (const [variable, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
      throw new InvalidOption(name, variable, 'name variables with letters, digits and _')
    if (typeof value !== 'string' || value.includes('\0'))
      throw new InvalidOption(`${name}.${variable}`, typeof value, 'give a string')
    if (/^(NODE_|BULKHEAD_|LD_)/.test(variable))
      throw new InvalidOption(
        `${name}.${variable}`,
        'a string',
        'leave it out: it says how a process is run, not what it may know',
      )
  }
}

/** Wildcards would grant more than one file, and a host in a URL would be another machine. */
function isAbsolute(path: unknown): boolean {
  if (typeof path !== 'string') return isUrl(path) && path.href.startsWith('file:') && isAbsolute(path.href)
  if (/[\0*]/.test(path)) return false
  if (path.startsWith('file:')) return /^file:\/(\/\/|(?!\/))/.test(path) && !/%2a|%00/i.test(path)
  return /^(\/|[A-Za-z]:[\\/])/.test(path)
}

const isUrl = (value: unknown): value is FileUrl =>
  typeof value === 'object' && value !== null && 'href' in value && typeof value.href === 'string'
