import { describe, expect, test } from 'vitest'
import {
  checkResponse,
  createNode,
  defineServer,
  multiCall,
  receiveResponse,
  RequestIds,
  waitResponse,
} from '../src/index.ts'
import type { RequestId } from '../src/index.ts'
import { rejection } from '../../../test/support/gate.ts'
import { mailOf, Nodes, THREAD } from '../../../test/support/nodes.ts'

const Echo = defineServer(import.meta, 'Echo', {
  init: () => 0,
  calls: { echo: (_self, value: unknown) => value, never: () => new Promise(() => undefined) },
})

const setUp = async () => {
  const nodes = new Nodes(createNode)
  const [self, other] = [await nodes.actor(), await nodes.actor()]
  const { pid } = await nodes.main.start(Echo, [])
  return { nodes, self, other, ref: self.ref(Echo, pid!), foreign: other.ref(Echo, pid!) }
}

describe('a request', () => {
  test('that cannot be sent is an error where it was made, and nothing of it stays', async () => {
    const { nodes, self, ref } = await setUp()
    expect(() => ref.sendRequest.echo(() => 1)).toThrow(/arguments\[0\] is a function/)
    await nodes.settled()
    expect(await mailOf(self)).toEqual([])
  })

  test('of an actor that has ended comes to nobody', async () => {
    const { nodes, self, ref } = await setUp()
    ref.sendRequest.never()
    nodes.main.exit(self.pid, 'kill')
    await nodes.settled()
    nodes.main.exit(ref.pid!, 'kill')
    await nodes.settled()
    expect(() => ref.sendRequest.echo(1)).toThrow(/has exited/)
    expect(nodes.deadLetters).toEqual([])
  })

  test('is the business of the actor that sent it', async () => {
    const { ref, foreign } = await setUp()
    const ids = new RequestIds<unknown, number>().add(ref.sendRequest.echo(1), 1)
    expect(() => ids.add(foreign.sendRequest.echo(2), 2)).toThrow(/another actor has sent it/)
    expect(ids.size).toBe(1)
  })
})

describe('a response from another node', () => {
  test('is what was replied, though it is looked at when the bytes in which it came are used again', async () => {
    const nodes = new Nodes(createNode, { ids: [1, THREAD] })
    const self = await nodes.actor()
    const { pid } = await nodes.main.start(Echo, [], { isolation: 'thread' })
    const ref = self.ref(Echo, pid!)
    const ids = ['one', { two: [2] }].map((value) => ref.sendRequest.echo(value))
    await nodes.settled()
    const responses = await Promise.all(ids.map((id) => receiveResponse(id)))
    expect(responses).toEqual([
      { kind: 'reply', reply: 'one' },
      { kind: 'reply', reply: { two: [2] } },
    ])
  })
})

describe('wrong uses say what to do', () => {
  test.each<[string, (id: RequestId) => unknown, RegExp]>([
    ['a message in place of a request', () => waitResponse('id' as never), /^id is "id": give what ref\.sendRequest/],
    ['nothing', () => receiveResponse(undefined as never), /^id is undefined/],
    ['a pid', () => checkResponse('message', {} as never), /^id is /],
    ['a bad time', (id) => waitResponse(id, -1), /^time is -1/],
    ['a time without abs', (id) => waitResponse(id, {} as never), /^time is /],
    [
      'an option that does not exist',
      () => waitResponse(new RequestIds(), 0, { remove: true } as never),
      /^remove is true/,
    ],
    ['no list of references', () => multiCall('all' as never, (ref) => ref as never), /^refs is "all"/],
    ['no function', () => multiCall([], 'call' as never), /^call is "call"/],
    ['a bad timeout', () => multiCall([], () => Promise.resolve(1), -5), /^timeoutMs is -5/],
  ])('%s', async (_, use, message) => {
    const { ref } = await setUp()
    const id = ref.sendRequest.echo(1)
    expect(await rejection((async () => use(id))())).toMatchObject({
      code: 'invalid_option',
      message: expect.stringMatching(message),
    })
  })
})
