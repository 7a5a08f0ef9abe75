/** A value as an Erlang term in text: texts and words are atoms, objects are maps. */
export function printTerm(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string' || typeof value === 'boolean') return atom(String(value))
  if (Array.isArray(value)) return `[${value.map(printTerm).join(',')}]`
  if (typeof value !== 'object' || value === null) throw new Error(`${String(value)} has no term`)
  const pairs = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${atom(underscored(key))}=>${printTerm(each)}`)
  return `#{${pairs.join(',')}}`
}

const atom = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`

const underscored = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
