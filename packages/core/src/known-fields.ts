import { InvalidOption } from './errors.ts'

/**
 * Throws `InvalidOption` for the first field of `given` that is not among `known`: a typo would be an option without effect. `kind` is what
 * a field is called; `under` is the way to it; `elsewhere` says of a field where it belongs, when that is somewhere else.
 */
export function checkFields(
  given: object,
  known: readonly string[],
  kind = 'option',
  under = '',
  elsewhere: (field: string, value: unknown) => string | undefined = () => undefined,
): void {
  const field = Object.keys(given).find((each) => !known.includes(each))
  if (field === undefined) return
  const value = (given as Readonly<Record<string, unknown>>)[field]
  const place = elsewhere(field, value)
  const meant = nearest(field, known)
  const others = `there are ${known.join(', ')}${meant === undefined ? '' : `: did you mean ${meant}?`}`
  throw new InvalidOption(
    under === '' ? field : `${under}.${field}`,
    value,
    `there is no such ${kind}; ${place ?? others}`,
  )
}

/** The word that was probably meant: at most every third letter is wrong. */
function nearest(word: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((each) => ({ each, steps: distance(word.toLowerCase(), each.toLowerCase()) }))
    .toSorted((one, other) => one.steps - other.steps)
  return best !== undefined && best.steps <= Math.ceil(best.each.length / 3) ? best.each : undefined
}

/** How many letters have to be put in, left out or replaced to make one word of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
