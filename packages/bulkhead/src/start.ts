import { entry, isHosted } from './entry.ts'
import { startWasCalled } from './hosted/behaviour-loader.ts'
import { checkNodeVersion } from './nodejs/supported-version.ts'
import { readOverrides } from './placement-overrides.ts'
import type { System } from './system.ts'
import { checkSystemOptions } from './system-options.ts'
import type { SystemOptions } from './system-options.ts'

/**
 * Starts a system: its root node in this thread, its warden beside it, and its top supervisor. Threads and processes follow when actors need them.
 *
 * In a thread or process that a system has started it never settles, so that a program that ends in `await start()` can be loaded there for
 * the behaviours that it defines. Throws `InvalidOption`, and `unsupported_node` on a Node.js that is too old.
 */
export async function start(options: SystemOptions = {}): Promise<System> {
  if (isHosted) {
    startWasCalled(new Error('start').stack ?? '')
    return await new Promise<never>(() => {})
  }
  checkNodeVersion()
  const checked = checkSystemOptions(options, process.argv[1])
  const overrides = checked.placement === undefined ? {} : readOverrides(checked.placement)
  const { RunningSystem } = await import('./root-side.ts')
  return await RunningSystem.start(checked, overrides, entry)
}
