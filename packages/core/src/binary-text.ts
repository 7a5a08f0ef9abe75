const bytesShown = 16

/**
 * How memory is printed: what it is, how much of it there is, and its first bytes or numbers. Undefined for anything else. Objects like these have
 * a key for each number, so nobody may ask them for their keys.
 */
export function binaryText(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) {
    if (value instanceof DataView) return `DataView(${value.byteLength})`
    const numbers = value as unknown as ArrayLike<number | bigint>
    return textOf(Object.prototype.toString.call(value).slice('[object '.length, -1), numbers)
  }
  if (value instanceof ArrayBuffer) return textOf('ArrayBuffer', new Uint8Array(value))
  if (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer)
    return `SharedArrayBuffer(${value.byteLength})`
  return undefined
}

function textOf(name: string, numbers: ArrayLike<number | bigint>): string {
  const first = Array.from({ length: Math.min(numbers.length, bytesShown) }, (_, i) => String(numbers[i]))
  const rest = numbers.length > bytesShown ? ' …' : ''
  return `${name}(${numbers.length})${first.length > 0 ? ` ${first.join(' ')}` : ''}${rest}`
}
