import { describe, expect, test } from 'vitest'
import { InvalidOption } from '../src/errors.ts'
import { checkFields } from '../src/known-fields.ts'

const known = ['restart', 'isolation', 'strategy']

describe('a field that does not exist', () => {
  test('is refused with its name, its value and the fields that exist', () => {
    const check = (): void => checkFields({ restart: 1, colour: 'red' }, known, 'option', 'children.cart')
    expect(check).toThrow(InvalidOption)
    expect(check).toThrow(
      'children.cart.colour is "red": there is no such option; there are restart, isolation, strategy',
    )
  })

  test('is refused when it is undefined, too: a typo is a typo', () => {
    expect(() => checkFields({ restrat: undefined }, known)).toThrow('restrat is undefined')
  })

  test.each([
    ['restrat', 'restart'],
    ['isolaton', 'isolation'],
    ['strtegy', 'strategy'],
    ['Restart', 'restart'],
  ])('%s: did you mean %s?', (typo, meant) => {
    expect(() => checkFields({ [typo]: 1 }, known)).toThrow(`: did you mean ${meant}?`)
  })

  test.each(['colour', 'constructor', 'toString'])('%s is like none of them, and inherited by none', (strange) => {
    expect(() => checkFields({ [strange]: 1 }, known)).toThrow(/strategy$/)
  })
})

test('fields that exist are fine, whatever they hold', () => {
  expect(() => checkFields({ restart: undefined, strategy: 5 }, known)).not.toThrow()
})
