import { describe, expect, test } from 'vitest'
import {
  checkBehaviour,
  createNode,
  defineActor,
  defineServer,
  findBehaviour,
  InvalidOption,
  NotLoadable,
} from '../src/index.ts'
import { rejection } from '../../../test/support/gate.ts'
import { Nodes } from '../../../test/support/nodes.ts'

const define = (
  spec: unknown,
  { name, meta }: { name: unknown; meta: unknown } = { name: 'Faulty', meta: import.meta },
): InvalidOption => {
  try {
    defineServer(meta as ImportMeta, name as string, spec as never)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOption)
    return error as InvalidOption
  }
  throw new Error('it was defined')
}
const init = (): number => 0

describe('a faulty definition is an error that names the field', () => {
  test.each([
    ['no init', {}, 'Faulty.init'],
    ['init is no function', { init: 5 }, 'Faulty.init'],
    ['info is no function', { init, info: {} }, 'Faulty.info'],
    ['continue is no function', { init, continue: 'next' }, 'Faulty.continue'],
    ['terminate is no function', { init, terminate: null }, 'Faulty.terminate'],
    ['formatState is no function', { init, formatState: 1 }, 'Faulty.formatState'],
    ['a call is no function', { init, calls: { get: 5 } }, 'Faulty.calls.get'],
    ['a cast is no function', { init, casts: { reset: undefined } }, 'Faulty.casts.reset'],
    ['a call named then', { init, calls: { then: init } }, 'Faulty.calls.then'],
    ['a call named constructor', { init, calls: { constructor: init } }, 'Faulty.calls.constructor'],
    ['a call named toJSON', { init, calls: { toJSON: init } }, 'Faulty.calls.toJSON'],
    ['a cast named then', { init, casts: { then: init } }, 'Faulty.casts.then'],
    ['a cast named constructor', { init, casts: { constructor: init } }, 'Faulty.casts.constructor'],
    ['a cast named toJSON', { init, casts: { toJSON: init } }, 'Faulty.casts.toJSON'],
    ['a call timeout that is none', { init, callTimeoutMs: -1 }, 'Faulty.callTimeoutMs'],
    ['no object', 'X', 'Faulty.spec'],
    ['nothing', undefined, 'Faulty.spec'],
    ['calls with a typo', { init, cals: {} }, 'Faulty.cals'],
    ['terminate with a typo', { init, termiante: init }, 'Faulty.termiante'],
    ['calls that are a function', { init, calls: init }, 'Faulty.calls'],
    ['casts that are a list', { init, casts: [init] }, 'Faulty.casts'],
    ['an isolation that does not exist', { init, isolation: 'proces' }, 'Faulty.isolation'],
    ['a hint that does not exist', { init, isolation: { cpus: 2 } }, 'Faulty.isolation.cpus'],
    ['a type that does not exist', { init, type: 'robot' }, 'Faulty.type'],
  ])('%s', (_, spec, field) => {
    const error = define(spec)
    expect(error.field).toBe(field)
    expect(error.message).toContain(field)
  })

  test.each([undefined, null, {}, { url: '' }, { url: 5 }])(
    '%o is no import.meta: a CommonJS bundle has none',
    (meta) => {
      const error = define({ init }, { name: 'Faulty', meta })
      expect(error.field).toBe('meta.url')
      expect(error.message).toContain('import.meta')
      expect(error.message).toContain('ESM')
    },
  )

  test.each(['', undefined, 5, 'a#b'])('%o is no name', (name) => {
    expect(define({ init }, { name, meta: import.meta }).field).toBe('name')
  })

  test.each([undefined, null, 'body', { run: init }])('%o is no body of an actor', (body) => {
    expect(() => defineActor(import.meta, 'Bodiless', body as never)).toThrow(/Bodiless.body .*function/)
  })

  test.each([
    ['Optional.options', null],
    ['Optional.isolaton', { isolaton: 'process' }],
    ['Optional.isolation', { isolation: 'proces' }],
  ])('%s of an actor defined with %o', (field, options) => {
    expect(() => defineActor(import.meta, 'Optional', () => undefined, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_option', field }),
    )
  })

  test('a typo is told what was probably meant', () => {
    expect(define({ init, termiante: init }).message).toContain('did you mean terminate?')
  })

  test('an actor needs import.meta and a name as well', () => {
    expect(() => defineActor({} as ImportMeta, 'Actor', () => undefined)).toThrow(/import.meta/)
    expect(() => defineActor(import.meta, '', () => undefined)).toThrow(/name/)
  })
})

describe('a behaviour', () => {
  test('is found by its key: the URL of its module, # and its name', () => {
    const Found = defineServer(import.meta, 'Found', { init, isolation: { native: true } })
    expect(Found).toMatchObject({
      key: `${import.meta.url}#Found`,
      url: import.meta.url,
      name: 'Found',
      type: 'worker',
      isolation: { native: true },
    })
    expect(findBehaviour(Found.key)).toBe(Found)
    expect(findBehaviour('nowhere#Found')).toBeUndefined()
  })

  test('has a name of its own in its module: a second one would be another’s code under the same key (a bundle is one module)', () => {
    const once = defineServer(import.meta, 'Once', { init })
    for (const again of [
      () => defineServer(import.meta, 'Once', { init }),
      () => defineActor(import.meta, 'Once', init),
    ]) {
      expect(again).toThrow(InvalidOption)
      expect(again).toThrow(/"Once".*bundle/)
    }
    expect(findBehaviour(once.key)).toBe(once)
    // A definition that failed gave no name.
    expect(() => defineServer(import.meta, 'Later', {} as never)).toThrow(/init/)
    expect(findBehaviour(defineServer(import.meta, 'Later', { init }).key)).toBeDefined()
  })

  test('a module that is loaded anew replaces what it defined before, in actors started from then on', async () => {
    const { main } = new Nodes(createNode)
    const meta = (): { url: string } => ({ url: import.meta.url })
    const Old = defineServer(meta(), 'Reloaded', { init, calls: { version: () => 'old' } })
    const old = await main.start(Old, [])
    defineServer(meta(), 'Reloaded', { init, calls: { version: () => 'new' } })
    expect(await (await main.start(Old, [])).call.version()).toBe('new')
    expect(await old.call.version()).toBe('old')
  })

  test('travels in a message and can be started by whoever got it', async () => {
    const { main } = new Nodes(createNode)
    const Travelled = defineServer(import.meta, 'Travelled', {
      init: (_self, n: number) => n,
      calls: { get: (self) => self.state },
    })
    main.send(main.pid, Travelled)
    const received = await main.receive((on) => on.with({ name: 'Travelled' }, (behaviour) => behaviour))
    const ref = await main.start(received as unknown as typeof Travelled, [7])
    expect(await ref.call.get()).toBe(7)
  })
})

describe('what can be started', () => {
  test.each([undefined, null, 5, 'Counter', {}, { key: 'k' }])('%o cannot', async (value) => {
    expect(() => checkBehaviour(value)).toThrow(InvalidOption)
    expect(await rejection(new Nodes(createNode).main.start(value as never, [] as never))).toBeInstanceOf(InvalidOption)
  })

  test('a function cannot, and the error tells the two ways out', () => {
    expect(() => checkBehaviour(function counter() {})).toThrow(NotLoadable)
    expect(() => checkBehaviour(() => undefined)).toThrow(/defineActor[^]*self\.spawn/)
  })

  test.each<[object, string]>([
    [{ naem: 'x' }, 'naem'],
    [{ timeoutMs: -1 }, 'timeoutMs'],
    [{ timeoutMs: 'soon' }, 'timeoutMs'],
    [{ id: '' }, 'id'],
    [{ id: 'a/b' }, 'id'],
    [{ id: 5 }, 'id'],
    [{ name: 5 }, 'name'],
    [{ mailbox: 5 }, 'mailbox'],
    [{ mailbox: { count: 0 } }, 'mailbox.count'],
    [{ mailbox: { bytes: '1' } }, 'mailbox.bytes'],
    [{ mailbox: { size: 1 } }, 'mailbox.size'],
    [{ mailbox: { overflow: 'explode' } }, 'mailbox.overflow'],
  ])('with the option %o nothing can', async (options, field) => {
    const { main } = new Nodes(createNode)
    const starter = await new Nodes(createNode).actor()
    const Startable = defineServer({ url: import.meta.url }, 'Startable', { init })
    for (const self of [main, starter]) {
      if (self === main && field === 'id' && 'id' in options && options.id === '') continue
      expect(await rejection(self.start(Startable, [], options))).toMatchObject({ code: 'invalid_option', field })
    }
  })

  test('arguments that are no array are an error', async () => {
    const { main } = new Nodes(createNode)
    const Startable = defineServer({ url: import.meta.url }, 'Startable', { init })
    expect(await rejection(main.start(Startable, 5 as never))).toMatchObject({ field: 'args' })
  })

  test('arguments that cannot be sent fail the start with their path', async () => {
    const { main } = new Nodes(createNode)
    const Startable = defineServer({ url: import.meta.url }, 'Startable', { init: (_self, _options: unknown) => 0 })
    expect(await rejection(main.start(Startable, [{ log: () => undefined }]))).toMatchObject({
      code: 'not_sendable',
      path: 'args[0].log',
    })
  })

  test('a closure cannot leave its event loop, and the error tells the way out', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    for (const isolation of ['thread', 'process', { native: true }] as const) {
      expect(await rejection(nodes.main.spawn(() => undefined, { isolation }))).toMatchObject({
        field: 'isolation',
        message: expect.stringContaining('defineActor(import.meta'),
      })
    }
    expect(await rejection(nodes.main.spawn('body' as never))).toMatchObject({ field: 'body' })
  })
})
