/** The value of an option of a command: a whole number from 1 to `most`. Throws an Error that says what is wrong. */
export function numberOption(option: string, text: string, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number
  throw new Error(`--${option} is "${text}": give a whole number from 1 to ${most}.`)
}
