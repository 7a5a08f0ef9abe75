import { describe, expect, test } from 'vitest'
import type { RestartType } from '../src/restart.ts'
import { type Member, planRestart, planStop, type Strategy } from '../src/strategy.ts'

/** Children in start order, such as `a b t:temporary c`. */
function children(text: string): Member[] {
  return text.split(' ').map((each) => {
    const [id = '', restart = 'permanent'] = each.split(':')
    return { id, restart: restart as RestartType }
  })
}

const restart = (strategy: Strategy, list: string, id: string): string[] =>
  planRestart(strategy, children(list), id).map((step) => `${step.do} ${step.id}`)

describe('one_for_one (SUP-019)', () => {
  test('starts the one that ended and leaves its siblings alone', () => {
    expect(restart('one_for_one', 'a b c', 'b')).toEqual(['start b'])
  })
})

describe('one_for_all (SUP-020)', () => {
  test('terminates the others in reverse start order, then starts all in start order', () => {
    expect(restart('one_for_all', 'a b c d', 'b')).toEqual([
      'terminate d',
      'terminate c',
      'terminate a',
      'start a',
      'start b',
      'start c',
      'start d',
    ])
  })

  test('terminates and forgets temporary bystanders (SUP-024)', () => {
    expect(restart('one_for_all', 'a t:temporary c', 'a')).toEqual([
      'terminate c',
      'terminate t',
      'forget t',
      'start a',
      'start c',
    ])
  })

  test('starts transient bystanders again (SUP-023)', () => {
    expect(restart('one_for_all', 'a b:transient', 'a')).toEqual(['terminate b', 'start a', 'start b'])
  })
})

describe('rest_for_one (SUP-021)', () => {
  test('leaves those started before alone', () => {
    expect(restart('rest_for_one', 'a b c d', 'b')).toEqual([
      'terminate d',
      'terminate c',
      'start b',
      'start c',
      'start d',
    ])
  })

  test('is one_for_all for the first child', () => {
    expect(restart('rest_for_one', 'a b c', 'a')).toEqual(restart('one_for_all', 'a b c', 'a'))
  })

  test('is one_for_one for the last child', () => {
    expect(restart('rest_for_one', 'a b c', 'c')).toEqual(['start c'])
  })

  test('terminates and forgets temporary bystanders that were started after (SUP-024)', () => {
    expect(restart('rest_for_one', 't:temporary a u:temporary b', 'a')).toEqual([
      'terminate b',
      'terminate u',
      'forget u',
      'start a',
      'start b',
    ])
  })
})

describe('stop (SUP-042)', () => {
  test('terminates in reverse start order and forgets the temporary ones', () => {
    expect(planStop(children('a t:temporary c')).map((step) => `${step.do} ${step.id}`)).toEqual([
      'terminate c',
      'terminate t',
      'forget t',
      'terminate a',
    ])
  })
})
