import { describe, expect, test } from 'vitest'
import type { ToNode } from '../../src/control.ts'
import { introduce, listens } from '../../src/warden/broker.ts'
import type { CrewOfBody, NodeBody } from '../../src/warden/node-body.ts'
import { newRecord } from '../../src/warden/node-record.ts'

function newNode(id: number, osProcess: number, crew?: CrewOfBody) {
  const posted: ToNode[] = []
  const body = { osProcess, crew, post: (message: ToNode) => posted.push(message) }
  return { record: newRecord(id, body as unknown as NodeBody, undefined, 'pooled'), posted }
}

function newCrew() {
  const linked: number[][] = []
  const crew: CrewOfBody = { domain: 'crew 1', isOver: false, link: (one, other) => linked.push([one, other]) }
  return { crew, linked }
}

const typesOf = (posted: readonly ToNode[]) => posted.map(({ type }) => type)

describe('two nodes are brought together', () => {
  test('in the OS process of the warden: by memory that it hands to both', () => {
    const [one, other] = [newNode(1, 10), newNode(2, 10)]
    introduce(one.record, other.record)
    expect([typesOf(one.posted), typesOf(other.posted)]).toEqual([['linked'], ['linked']])
  })

  test('in one crew: by the crew, in whose memory they are', () => {
    const { crew, linked } = newCrew()
    const [one, other] = [newNode(5, 20, crew), newNode(6, 20, crew)]
    introduce(one.record, other.record)
    expect(linked).toEqual([[5, 6]])
    expect([...one.posted, ...other.posted]).toEqual([])
  })

  test('in two OS processes: by a socket; whoever meets a thread of a crew is told the domain of that', () => {
    const { crew } = newCrew()
    const [root, member] = [newNode(1, 10), newNode(5, 20, crew)]
    introduce(member.record, root.record)
    listens(root.record, 'somewhere')
    const [listen, accept] = root.posted
    expect(listen).toEqual({ type: 'listen' })
    expect(accept).toEqual({ type: 'accept', peer: 5, token: expect.any(String), domain: 'crew 1' })
    expect(member.posted).toEqual([{ type: 'dial', peer: 1, address: 'somewhere', token: expect.any(String) }])
  })

  test('in two crews: by a socket', () => {
    const [one, other] = [newNode(5, 20, newCrew().crew), newNode(6, 30, newCrew().crew)]
    introduce(one.record, other.record)
    expect([typesOf(one.posted), typesOf(other.posted)]).toEqual([['listen'], []])
  })
})
