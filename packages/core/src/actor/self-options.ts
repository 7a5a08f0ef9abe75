import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import { checkAliasMode, partsOfAlias } from './alias.ts'

/** Checks what `self.send` takes besides a message. Throws `InvalidOption`. */
export function checkSendOptions(options: unknown): void {
  checkObject(options, 'give { transfer: [buffer, …] }, or nothing')
  checkFields(options, ['transfer'])
  const { transfer } = options as { readonly transfer?: unknown }
  if (transfer === undefined) return
  if (!Array.isArray(transfer)) throw new InvalidOption('transfer', transfer, 'give a list of ArrayBuffers')
  for (const [index, buffer] of transfer.entries()) {
    if (!(buffer instanceof ArrayBuffer))
      throw new InvalidOption(`transfer[${index}]`, buffer, 'give an ArrayBuffer, such as the buffer of a typed array')
  }
}

/** Checks what `self.demonitor` takes besides the monitor. Throws `InvalidOption`. */
export function checkDemonitorOptions(options: unknown): void {
  checkObject(options, 'give { flush: true }, { info: true } or nothing')
  checkFields(options, ['flush', 'info'])
  for (const [option, value] of Object.entries(options))
    if (value !== undefined && typeof value !== 'boolean') throw new InvalidOption(option, value, 'give true or false')
}

/** Checks what `self.monitor` takes besides the actor. Throws `InvalidOption`. */
export function checkMonitorOptions(options: unknown): void {
  checkObject(options, "give { alias: 'demonitor' }, { tag } or nothing")
  checkFields(options, ['alias', 'tag'])
  const { alias } = options as { readonly alias?: unknown }
  if (alias !== undefined) checkAliasMode(alias)
}

/** Checks what `self.alias` takes. Throws `InvalidOption`. */
export function checkAliasOptions(options: unknown): void {
  checkObject(options, 'give { reply: true }, or nothing')
  checkFields(options, ['reply'])
  const { reply } = options as { readonly reply?: unknown }
  if (reply !== undefined && typeof reply !== 'boolean') throw new InvalidOption('reply', reply, 'give true or false')
}

/** Checks what `self.cancelTimer` takes besides the timer. Throws `InvalidOption`. */
export function checkCancelOptions(options: unknown): void {
  checkObject(options, 'give { async: true }, or nothing')
  checkFields(options, ['async'])
  const { async } = options as { readonly async?: unknown }
  if (async !== undefined && typeof async !== 'boolean') throw new InvalidOption('async', async, 'give true or false')
}

/** Checks what `self.receive` takes besides its clauses, and gives the ref in it. Throws `InvalidOption`. */
export function checkReceiveOptions(options: unknown): number | undefined {
  checkObject(options, 'give { since: ref }, or nothing')
  checkFields(options, ['since'])
  const { since } = options as { readonly since?: unknown }
  const ref = typeof since === 'string' ? partsOfAlias(since)?.ref : since
  if (since !== undefined && typeof ref !== 'number')
    throw new InvalidOption('since', since, 'give an alias, or the ref of a monitor, timer or request')
  return ref as number | undefined
}

function checkObject(options: unknown, expected: string): asserts options is object {
  if (typeof options !== 'object' || options === null) throw new InvalidOption('options', options, expected)
}
