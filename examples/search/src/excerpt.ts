// Shows: cutting a bounded piece out of a foreign document, so that nobody downstream ever handles a whole one.

const LINES_BEFORE = 2
const LINES_MAX = 8
const CHARACTERS_MAX = 600

/** The lines around a line (counted from 1), as far as its paragraph goes and the bounds allow. */
export function excerptAround(text: string, line: number): string {
  const lines = text.split('\n')
  const isBlank = (i: number): boolean => (lines[i] ?? '').trim() === ''
  let from = line - 1
  while (from > 0 && line - 1 - from < LINES_BEFORE && !isBlank(from - 1)) from--
  let to = line
  while (to < lines.length && to - from < LINES_MAX && !isBlank(to)) to++
  return clip(lines.slice(from, to).join('\n'))
}

/** At most so many characters, and never half of one. */
function clip(text: string): string {
  if (text.length <= CHARACTERS_MAX) return text
  return text.slice(0, CHARACTERS_MAX).replace(/[\uD800-\uDBFF]$/, '') + '…'
}
