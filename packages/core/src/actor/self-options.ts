import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'

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
  checkObject(options, 'give { flush: true }, or nothing')
  checkFields(options, ['flush'])
  const { flush } = options as { readonly flush?: unknown }
  if (flush !== undefined && typeof flush !== 'boolean') throw new InvalidOption('flush', flush, 'give true or false')
}

function checkObject(options: unknown, expected: string): asserts options is object {
  if (typeof options !== 'object' || options === null) throw new InvalidOption('options', options, expected)
}
