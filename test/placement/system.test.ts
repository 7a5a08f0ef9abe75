import { describe, expect, test } from 'vitest'
import { InvalidOption, StartFailed, start } from 'bulkhead'
import { Faulty } from './fixtures/faulty.ts'
import { Picky } from './fixtures/picky.ts'
import { run } from './program.ts'

describe('options', () => {
  test.each<[string, unknown, RegExp]>([
    ['threads', 0, /options\.threads is 0: use a whole number from 1/],
    ['threads', 1.5, /whole number/],
    ['processes', 'many', /options\.processes is "many"/],
    ['spares', -1, /from 0/],
    ['handlerMs', 0, /milliseconds/],
    ['killMs', Infinity, /milliseconds/],
    ['intensity', -1, /whole number/],
    ['periodMs', 0, /at least 1/],
    ['signals', 'yes', /true or false/],
    ['inspect', 1, /true or false/],
    ['log', 'stdout', /function/],
    ['placement', 7, /path/],
    ['name', 'a b', /letters/],
    ['treads', 2, /there is no such option; there are name, threads/],
  ])('%s: %o is refused with the field, the value and the way out', async (field, value, message) => {
    const starting = start({ [field]: value })
    await expect(starting).rejects.toBeInstanceOf(InvalidOption)
    await expect(starting).rejects.toThrow(message)
    await expect(starting).rejects.toMatchObject({ field: `options.${field}`, value })
  })
})

const quiet = { signals: false, inspect: false, log: () => {} } as const

describe('system.start', () => {
  test('rejects StartFailed with the reason of a failed init, an ignore, a module that cannot be loaded', async () => {
    const system = await start(quiet)
    try {
      for (const isolation of ['inline', 'thread'] as const) {
        const failing = system.start(Picky, ['throw'], { id: `throw-${isolation}`, isolation })
        await expect(failing).rejects.toBeInstanceOf(StartFailed)
        await expect(failing).rejects.toMatchObject({ reason: { message: 'not like this' } })
        await expect(system.start(Picky, ['ignore'], { id: `ignore-${isolation}`, isolation })).rejects.toMatchObject({
          reason: 'ignore',
        })
      }
      expect((await system.tree())[0]?.children.filter(({ status }) => status !== 'starting')).toEqual([])
    } finally {
      await system.stop()
    }
  })

  test('what it does not understand is an InvalidOption that names it', async () => {
    const system = await start(quiet)
    const wrong: readonly (readonly [string, () => unknown])[] = [
      ['behaviour', () => system.start(undefined as never, [])],
      ['options', () => system.start(Faulty, [], null as never)],
      ['children.Faulty.restrat', () => system.start(Faulty, [], { restrat: 'transient' } as never)],
      ['behaviour', () => system.named(undefined as never, 'it')],
      ['actor', () => system.explain(undefined as never)],
      ['options', () => system.stop(null as never)],
      ['deadline', () => system.stop({ deadline: 100 } as never)],
      ['deadlineMs', () => system.stop({ deadlineMs: 2 ** 31 })],
    ]
    try {
      for (const [field, use] of wrong) {
        const using = (async () => await use())()
        await expect(using).rejects.toMatchObject({ code: 'invalid_option', field })
      }
      // Nothing of it stopped the system.
      await system.start(Faulty, [], { isolation: 'inline' })
    } finally {
      await system.stop()
    }
  })

  test('the intensity of its top supervisor can be set', async () => {
    const system = await start({ ...quiet, intensity: 5, periodMs: 60_000 })
    try {
      const ref = await system.start(Faulty, [], { name: 'it', isolation: 'inline' })
      for (let crash = 1; crash <= 5; crash++) {
        await expect(ref.call.throw()).rejects.toThrow('thrown')
        await system.available('it')
      }
      expect(await ref.call.whereabouts()).toMatchObject({ path: '/Faulty' })
    } finally {
      await system.stop()
    }
  })

  test('after stop: StartFailed, because the system has stopped', async () => {
    const system = await start(quiet)
    await system.stop()
    await expect(system.start(Faulty, [])).rejects.toMatchObject({ reason: { code: 'stopped' } })
  })

  test('a child is restarted, and a reference by name follows it', async () => {
    const system = await start(quiet)
    try {
      const ref = await system.start(Faulty, [], { name: 'it', isolation: 'inline' })
      const before = ref.pid
      await expect(ref.call.throw()).rejects.toThrow('thrown')
      const { pid } = await ref.call.whereabouts()
      expect(pid).not.toBe(before)
    } finally {
      await system.stop()
    }
  })
})

describe('stopped', () => {
  test('resolves with the reason that stop was given; stop can be repeated', async () => {
    const system = await start(quiet)
    const stops = [system.stop({ reason: { shutdown: 'enough' } }), system.stop()]
    expect(await system.stopped).toEqual({ shutdown: 'enough' })
    expect(await Promise.all(stops)).toEqual([{ cutShort: [] }, { cutShort: [] }])
  })

  test('resolves when the top supervisor gives up, and the exit status is 1', async () => {
    const program = run('hopeless.ts')
    expect(await program.ended).toEqual({ code: 1, signal: null })
    expect(program.stdout).toContain('stopped: "shutdown"')
  })

  test('what is asked of a stopped system says that it has stopped', async () => {
    const system = await start(quiet)
    const ref = await system.start(Faulty, [], { name: 'it', isolation: 'inline' })
    await system.stop()
    await expect(system.start(Faulty, [])).rejects.toThrow(/the system stops, or has stopped/)
    expect(await system.tree()).toEqual([])
    for (const who of [ref, 'it']) await expect(system.explain(who)).rejects.toMatchObject({ code: 'noproc' })
    expect(() => ref.call.whereabouts()).toThrow(/the system has stopped/)
  })

  test('a deadline cuts short what does not stop, and lists it', async () => {
    const system = await start(quiet)
    const ref = await system.start(Picky, ['stubborn'], { shutdown: 'infinity', isolation: 'thread' })
    const { cutShort } = await system.stop({ deadlineMs: 200 })
    expect(cutShort).toEqual([{ pid: ref.pid, path: '/Picky' }])
  })
})

test('two systems in one program do not disturb each other', async () => {
  const [one, two] = [await start(quiet), await start(quiet)]
  try {
    const [first, second] = [
      await one.start(Faulty, [], { name: 'x', isolation: 'thread' }),
      await two.start(Faulty, [], { name: 'x', isolation: 'inline' }),
    ]
    await expect(first.call.timer()).rejects.toMatchObject({ reason: { message: 'thrown' } })
    await expect(second.call.timer()).rejects.toMatchObject({ reason: { message: 'thrown' } })
    await one.stop()
    expect(await second.call.whereabouts()).toMatchObject({ node: 1 })
  } finally {
    await two.stop()
  }
})

test('a program whose system has stopped leaves by itself', async () => {
  const program = run('printer.ts', { args: ['process', 'print'] })
  expect(await program.ended).toEqual({ code: 0, signal: null })
})
