import { describe, expect, test } from 'vitest'
import type { NodeId, Pid } from '../src/index.ts'
import type { NameSignal } from '../src/messaging/signal.ts'
import { NameAuthority } from '../src/node/name-authority.ts'

const pid = (text: string): Pid => `<test.${text}>` as Pid
const [one, other, third] = [pid('2.1'), pid('3.1'), pid('3.2')]

/** An authority whose questions the test answers. */
const setUp = () => {
  const ended = new Set<NodeId>()
  const answers: { readonly node: NodeId; readonly signal: NameSignal }[] = []
  const updates: Extract<NameSignal, { op: 'update' }>[] = []
  const questions: { readonly node: NodeId; readonly id: number; readonly pid: Pid }[] = []
  const authority = new NameAuthority({
    answer: (node, signal) => answers.push({ node, signal }),
    announce: (signal) => updates.push(signal),
    ask: (node, { id, pid: holder }) => questions.push({ node, id, pid: holder }),
    ended: (node) => ended.has(node),
  })
  let request = 0
  const register = (name: string, holder: Pid, node: NodeId = 2): number => {
    authority.request(node, { op: 'register', id: ++request, name, pid: holder })
    return request
  }
  const unregister = (name: string, node: NodeId = 2): number => {
    authority.request(node, { op: 'unregister', id: ++request, name, pid: one })
    return request
  }
  const table = (): Record<string, Pid> => Object.fromEntries(authority.table.names)
  return { authority, ended, answers, updates, questions, register, unregister, table }
}

describe('register', () => {
  test('a free name is announced to all before it is granted, with the version that both carry', () => {
    const { register, answers, updates, table, authority } = setUp()
    const id = register('db', one, 5)
    expect(updates).toEqual([{ op: 'update', version: 1, name: 'db', pid: one }])
    expect(answers).toEqual([{ node: 5, signal: { op: 'granted', id, version: 1 } }])
    expect(table()).toEqual({ db: one })
    expect(authority.table.version).toBe(1)
  })

  test('each change has a newer version', () => {
    const { register, unregister, updates } = setUp()
    register('a', one)
    register('b', other)
    unregister('a')
    expect(updates.map(({ version }) => version)).toEqual([1, 2, 3])
  })

  test('a taken name is refused only after the holder’s node said that it lives (PROC-070)', () => {
    const { authority, register, answers, questions, table } = setUp()
    register('db', one)
    const id = register('db', other, 3)
    expect(answers).toHaveLength(1)
    expect(questions).toMatchObject([{ node: 2, pid: one }])
    authority.answered(questions[0]!.id, true)
    expect(answers[1]).toEqual({ node: 3, signal: { op: 'refused', id, code: 'name_taken', holder: one } })
    expect(table()).toEqual({ db: one })
  })

  test('a holder that is dead, though the news is not here yet, blocks nobody (REG-006)', () => {
    const { authority, register, answers, questions, table, updates } = setUp()
    register('db', one)
    const id = register('db', other, 3)
    authority.answered(questions[0]!.id, false)
    expect(answers[1]).toMatchObject({ node: 3, signal: { op: 'granted', id } })
    expect(table()).toEqual({ db: other })
    expect(updates.map((update) => update.pid)).toEqual([one, undefined, other])
  })

  test('a holder on a node that has ended is not asked about', () => {
    const { register, ended, questions, answers } = setUp()
    register('db', one)
    ended.add(2)
    const id = register('db', other, 3)
    expect(questions).toEqual([])
    expect(answers[1]).toMatchObject({ signal: { op: 'granted', id } })
  })

  test('a node that ends while its holder is asked about has answered no', () => {
    const { authority, register, ended, answers, table } = setUp()
    register('db', one)
    const id = register('db', other, 3)
    ended.add(2)
    authority.nodeEnded(2)
    expect(answers[1]).toMatchObject({ signal: { op: 'granted', id } })
    expect(table()).toEqual({ db: other })
  })

  test('the same name twice by its own holder is taken (PROC-070)', () => {
    const { authority, register, questions, answers } = setUp()
    register('db', one)
    register('db', one)
    authority.answered(questions[0]!.id, true)
    expect(answers[1]?.signal).toMatchObject({ op: 'refused', code: 'name_taken', holder: one })
  })

  test('an actor has one name (PROC-070)', () => {
    const { register, answers, table } = setUp()
    register('db', one)
    register('cache', one)
    expect(answers[1]?.signal).toMatchObject({ op: 'refused', code: 'already_named' })
    expect(table()).toEqual({ db: one })
  })

  test('an actor of a node that has ended is refused with noproc', () => {
    const { register, ended, answers, updates } = setUp()
    ended.add(2)
    register('db', one)
    expect(answers[0]?.signal).toMatchObject({ op: 'refused', code: 'noproc' })
    expect(updates).toEqual([])
  })

  test('of several that wait for one question, one gets the name and the others are judged by it', () => {
    const { authority, register, questions, answers, table } = setUp()
    register('db', one)
    const [second, last] = [register('db', other, 3), register('db', third, 3)]
    authority.answered(questions[0]!.id, false)
    authority.answered(questions[1]!.id, false)
    expect(answers[1]?.signal).toMatchObject({ op: 'granted', id: second })
    // The last one was refused by nobody yet: its holder changed, so the new holder is asked about.
    expect(questions[2]).toMatchObject({ node: 3, pid: other })
    authority.answered(questions[2]!.id, true)
    expect(answers[2]?.signal).toMatchObject({ op: 'refused', id: last, code: 'name_taken', holder: other })
    expect(table()).toEqual({ db: other })
  })

  test('an answer that was heard already changes nothing', () => {
    const { authority, register, questions, answers } = setUp()
    register('db', one)
    register('db', other, 3)
    authority.answered(questions[0]!.id, true)
    authority.answered(questions[0]!.id, false)
    expect(answers).toHaveLength(2)
  })
})

describe('freeing', () => {
  test('unregister frees the name and the actor', () => {
    const { register, unregister, answers, table } = setUp()
    register('db', one)
    unregister('db', 4)
    expect(answers[1]).toMatchObject({ node: 4, signal: { op: 'granted' } })
    expect(table()).toEqual({})
    register('cache', one)
    expect(table()).toEqual({ cache: one })
  })

  test('unregister of an unknown name is refused (PROC-071)', () => {
    const { unregister, answers } = setUp()
    unregister('db')
    expect(answers[0]?.signal).toMatchObject({ op: 'refused', code: 'not_registered' })
  })

  test('a death frees the name; one without a name is no news', () => {
    const { authority, register, updates, table } = setUp()
    register('db', one)
    authority.died(other)
    authority.died(one)
    expect(table()).toEqual({})
    expect(updates).toHaveLength(2)
  })

  test('a death that is told late does not take the name from the next holder', () => {
    const { authority, register, unregister, table } = setUp()
    register('db', one)
    unregister('db')
    register('db', other)
    authority.died(one)
    expect(table()).toEqual({ db: other })
  })

  test('the end of a node frees the names of its actors and of no other', () => {
    const { authority, register, table } = setUp()
    register('a', one)
    register('b', other)
    register('c', third)
    authority.nodeEnded(3)
    expect(table()).toEqual({ a: one })
  })
})
