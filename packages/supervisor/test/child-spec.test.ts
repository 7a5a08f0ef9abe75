import { type Behaviour, InvalidOption } from '@bulkhead/core'
import { describe, expect, test } from 'vitest'
import { checkChildSpec, checkChildSpecs, child, type ChildOptions } from '../src/child-spec.ts'

function behaviour<A extends readonly unknown[]>(name: string, type: 'worker' | 'supervisor'): Behaviour<A, unknown> {
  const url = 'file:///shop.ts'
  return { key: `${url}#${name}`, name, url, type, isolation: undefined }
}

const Cart = behaviour<[]>('Cart', 'worker')
const Database = behaviour<[url: string]>('Database', 'worker')
const Tree = behaviour<[]>('Tree', 'supervisor')

/** Options as a caller without types may pass them. */
const untyped = (options: object): ChildOptions => options

describe('defaults (SUP-003)', () => {
  test('of a worker', () => {
    expect(child(Database, ['db://'])).toEqual({
      id: 'Database',
      behaviour: Database,
      args: ['db://'],
      restart: 'permanent',
      shutdown: 5_000,
      type: 'worker',
      significant: false,
      hold: false,
      adapt: true,
    })
  })

  test('of a supervisor: its children get the time they need', () => {
    expect(child(Tree, [])).toMatchObject({ type: 'supervisor', shutdown: 'infinity', restart: 'permanent' })
  })

  test('stand for options that are undefined', () => {
    const options = untyped({ id: undefined, restart: undefined, shutdown: undefined, name: undefined })
    expect(child(Cart, [], options)).toEqual(child(Cart, []))
  })

  test('give way to what is given', () => {
    const options = {
      id: 'cart',
      name: 'the cart',
      restart: 'transient',
      shutdown: 'infinity',
      significant: true,
      isolation: 'thread',
      mailbox: { count: 10 },
      startTimeoutMs: 100,
      backoff: { minMs: 10, maxMs: 100 },
      hold: true,
      adapt: false,
    } as const
    expect(child(Cart, [], options)).toEqual({ ...options, behaviour: Cart, args: [], type: 'worker' })
  })
})

describe('an option that does not exist is refused: dropped, it would be a child that lives elsewhere', () => {
  test.each([
    ['restrat', { restrat: 'transient' }, 'did you mean restart?'],
    ['isolaton', { isolaton: 'process' }, 'did you mean isolation?'],
    ['modules', { modules: ['cart'] }, 'there are id, name, restart'],
    ['args', { args: ['db://'] }, 'there are id, name, restart'],
    ['constructor', { constructor: 1 }, 'there is no such option'],
    ['trust', { trust: 'untrusted' }, "give isolation: { trust: 'untrusted' }"],
    ['heapMb', { heapMb: 64 }, 'give isolation: { limits: { heapMb: 64 } }'],
    ['read', { read: ['/srv'] }, "give isolation: { trust: 'untrusted', sandbox: { read: … } }"],
  ])('%s', (option, options, advice) => {
    const error = rejection(() => child(Cart, [], untyped(options)))
    expect(error.field).toBe(`children.Cart.${option}`)
    expect(error.message).toContain(advice)
  })

  test('in a spec that was written by hand, too', () => {
    const spec = { id: 'cart', behaviour: Cart, restrat: 'transient' }
    expect(rejection(() => checkChildSpec(spec)).field).toBe('children.cart.restrat')
  })

  test.each([null, 'transient', 5])('%j is no object of options', (options) => {
    expect(rejection(() => child(Cart, [], options as never)).field).toBe('options')
  })
})

describe('each field has its rejection (SUP-006)', () => {
  test.each([
    ['children.id', { id: '' }],
    ['children.id', { id: 7 }],
    ['children.id', { id: 'shop/cart' }],
    ['children.cart.restart', { id: 'cart', restart: 'always' }],
    ['children.cart.shutdown', { id: 'cart', shutdown: -1 }],
    ['children.cart.shutdown', { id: 'cart', shutdown: 1.5 }],
    ['children.cart.shutdown', { id: 'cart', shutdown: Infinity }],
    ['children.cart.shutdown', { id: 'cart', shutdown: 'soon' }],
    ['children.cart.significant', { id: 'cart', restart: 'transient', significant: 1 }],
    ['children.cart.hold', { id: 'cart', hold: 'yes' }],
    ['children.cart.adapt', { id: 'cart', adapt: 'no' }],
    ['children.cart.name', { id: 'cart', name: '' }],
    ['children.cart.isolation', { id: 'cart', isolation: 'container' }],
    ['children.cart.isolation.trust', { id: 'cart', isolation: { trust: 'none' } }],
    ['children.cart.isolation.limits.heap', { id: 'cart', isolation: { limits: { heap: 1 } } }],
    ['children.cart.mailbox', { id: 'cart', mailbox: 100 }],
    ['children.cart.mailbox.counts', { id: 'cart', mailbox: { counts: 100 } }],
    ['children.cart.backoff.jiter', { id: 'cart', backoff: { minMs: 1, maxMs: 2, jiter: 0 } }],
    ['children.cart.startTimeoutMs', { id: 'cart', startTimeoutMs: 0 }],
    ['children.cart.backoff', { id: 'cart', backoff: 100 }],
  ])('%s: %j', (field, options) => {
    const error = rejection(() => child(Cart, [], untyped(options)))
    expect(error.field).toBe(field)
    expect(error.message).toContain(field)
    expect(error.code).toBe('invalid_option')
  })

  test.each([
    ['children', 'cart'],
    ['children', null],
    ['children', [Cart]],
    ['children.id', {}],
    ['children.cart.behaviour', { id: 'cart' }],
    ['children.cart.behaviour', { id: 'cart', behaviour: () => {} }],
    ['children.cart.behaviour', { id: 'cart', behaviour: { ...Cart, type: 'robot' } }],
    ['children.cart.behaviour', { id: 'cart', behaviour: { ...Cart, key: '' } }],
    ['children.cart.args', { id: 'cart', behaviour: Cart, args: 'db://' }],
    ['children.cart.type', { id: 'cart', behaviour: Cart, type: 'supervisor' }],
  ])('%s of a spec that was written by hand: %j', (field, spec) => {
    expect(rejection(() => checkChildSpec(spec)).field).toBe(field)
  })

  test('a function in place of a behaviour says what to pass', () => {
    const wrong = (() => {}) as unknown as Behaviour<[], unknown>
    expect(() => child(wrong, [])).toThrow(/pass what defineServer, defineActor or defineSupervisor returned/)
  })

  test.each([0, 5_000, 'infinity', 'brutal_kill'] as const)('shutdown %s is right', (shutdown) => {
    expect(child(Cart, [], { shutdown }).shutdown).toBe(shutdown)
  })
})

describe('combinations (SUP-008)', () => {
  test('significant × permanent is refused', () => {
    expect(rejection(() => child(Cart, [], { significant: true })).field).toBe('children.Cart.significant')
  })

  test.each(['transient', 'temporary'] as const)('significant × %s × autoShutdown never is refused', (restart) => {
    const specs = [child(Cart, [], { significant: true, restart })]
    expect(rejection(() => checkChildSpecs(specs, 'never')).field).toBe('children.Cart.significant')
  })

  test.each(['any_significant', 'all_significant'] as const)('significant × transient × %s is fine', (autoShutdown) => {
    const specs = [child(Cart, [], { significant: true, restart: 'transient' })]
    expect(checkChildSpecs(specs, autoShutdown)).toEqual(specs)
  })

  test.each([{ hold: true }, { backoff: { minMs: 1, maxMs: 2 } }])('temporary × %j is refused', (options) => {
    expect(() => child(Cart, [], { restart: 'temporary', ...options })).toThrow(/never restarted/)
  })
})

describe('a list of children', () => {
  test('keeps its order', () => {
    const specs = [child(Cart, []), child(Tree, []), child(Database, ['db://'])]
    expect(checkChildSpecs(specs, 'never')).toEqual(specs)
  })

  test('may not name an id twice (SUP-007)', () => {
    const error = rejection(() => checkChildSpecs([child(Cart, []), child(Cart, [])], 'never'))
    expect(error.field).toBe('children.Cart.id')
  })

  test('is a list', () => {
    expect(rejection(() => checkChildSpecs(child(Cart, []), 'never')).field).toBe('children')
  })
})

function rejection(act: () => unknown): InvalidOption {
  try {
    act()
  } catch (error) {
    if (error instanceof InvalidOption) return error
    throw error
  }
  throw new Error('nothing was rejected')
}
