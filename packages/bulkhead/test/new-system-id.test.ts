import { expect, test } from 'vitest'
import { newSystemId } from '../src/new-system-id.ts'

test('the id of a system can be given on a command line: it is no option', () => {
  const drawn = ['-lxxA2aLFG', '--xxA2aLFG', 'xA2aLFG-_0']
  expect(newSystemId(() => drawn.shift() as string)).toBe('xA2aLFG-_0')
})

test('it is of ten characters that a pid can hold', () => {
  for (let i = 0; i < 1_000; i++) expect(newSystemId()).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{9}$/)
})
