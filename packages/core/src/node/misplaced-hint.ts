/** Where hints belong, by their names; `trust` and `sandbox` come together, since the one is nothing without the other. */
const WAYS: Readonly<Record<'hint' | 'limit' | 'sandbox', (hint: string) => string>> = {
  hint: (hint) => `{ ${hint} }`,
  limit: (hint) => `{ limits: { ${hint} } }`,
  sandbox: (hint) => `{ trust: 'untrusted', sandbox: { ${hint} } }`,
}

/**
 * What an unknown field was meant to be, when it is a hint that stands in the wrong place, as the end of an error's sentence: `'it is a hint of
 * isolation: isolation: { trust: 'untrusted' }'`. `names`: the fields of each place. Undefined for any other field. Pure.
 */
export function misplacedHint(
  field: string,
  value: unknown,
  names: Readonly<Record<keyof typeof WAYS, readonly string[]>>,
): string | undefined {
  const place = (Object.keys(WAYS) as (keyof typeof WAYS)[]).find((each) => names[each].includes(field))
  if (place === undefined) return undefined
  return `it is a hint of isolation; give isolation: ${WAYS[place](`${field}: ${shown(value)}`)}`
}

/** Short values as a program writes them. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '…'
}
