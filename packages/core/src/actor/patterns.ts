import { P as patterns } from 'ts-pattern'
import type { Pid } from './pid.ts'
import { isPid } from './pid.ts'

const pid: ReturnType<typeof patterns.when<unknown, (value: unknown) => value is Pid>> = patterns.when(isPid)

/** ts-pattern's patterns, and `P.pid`, which fits a pid. */
export const P: typeof patterns & { readonly pid: typeof pid } = { ...patterns, pid }
