import type { Setting } from './setting.ts'

/** One thing that every transport must do. */
export interface Law {
  /** A sentence; skips name it. */
  readonly name: string
  /** Throws if it is broken. */
  readonly check: (setting: Setting) => Promise<void>
}
