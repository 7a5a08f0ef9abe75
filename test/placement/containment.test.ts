import { describe, expect, test } from 'vitest'
import { eventually, run } from './program.ts'
import type { ProgramEnd } from './program.ts'

/** What survives of an error. */
const whole = {
  class: 'RangeError',
  name: 'RangeError',
  message: 'thrown',
  code: 'E_TEST',
  extra: [7],
  cause: 'TypeError: its cause',
}
const ok = (reason: unknown) => ({ ok: reason }) as const
const dies = (end: ProgramEnd) => ({ dies: end }) as const
const freezes = { freezes: true } as const
type Cell = ReturnType<typeof ok> | ReturnType<typeof dies> | typeof freezes

const thrown = { class: 'RangeError', name: 'RangeError', message: 'thrown', cause: 'a test' }
const stuck = { stuck: { handler: 'Faulty.spin', forMs: expect.any(Number) } }
const segfault = dies({ code: null, signal: 'SIGSEGV' })
const abort = dies({ code: null, signal: 'SIGABRT' })

/** docs/containment.md shows this table. */
const table: Readonly<Record<string, Readonly<Record<string, Cell>>>> = {
  inline: {
    throw: ok(whole),
    'uncaught async throw': ok(thrown),
    'infinite loop': freezes,
    'heap OOM': abort,
    'process.exit(7)': dies({ code: 7, signal: null }),
    SIGSEGV: segfault,
  },
  thread: {
    throw: ok(whole),
    'uncaught async throw': ok(thrown),
    'infinite loop': ok(stuck),
    'process.exit(7)': ok({ exited: { code: 7 } }),
    SIGSEGV: segfault,
  },
  process: {
    throw: ok(whole),
    'uncaught async throw': ok(thrown),
    'infinite loop': ok(stuck),
    'heap OOM': ok({ out_of_memory: { limitMb: 64 } }),
    'process.exit(7)': ok({ exited: { code: 7 } }),
    SIGSEGV: ok({ signaled: { signal: 'SIGSEGV' } }),
  },
}

const cells = Object.entries(table).flatMap(([place, row]) =>
  Object.entries(row).map(([fault, cell]) => [place, fault, cell] as const),
)

describe('one actor, one call in flight, then a second call', () => {
  test.each(cells)('%s, %s', { timeout: 120_000 }, async (place, fault, cell) => {
    const program = run('containment.ts', { args: [place, fault], execArgv: ['--max-old-space-size=64'] })
    await program.said('begins')
    if ('freezes' in cell) {
      const isStuck = (): boolean => program.stderr.join().includes('the root has been stuck')
      await eventually(isStuck, 30_000, 'that is reported')
      expect(program.stdout).toEqual(['begins'])
      return
    }
    if ('dies' in cell) {
      expect(await program.ended).toEqual(cell.dies)
      expect(program.stdout).toEqual(['begins'])
      return
    }
    expect(JSON.parse(await program.said('outcome'))).toEqual({ first: cell.ok, second: true })
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test(
    'thread, heap OOM: contained, or the end of the program, and nothing in between',
    { timeout: 120_000 },
    async () => {
      const program = run('containment.ts', { args: ['thread', 'heap OOM'], execArgv: ['--max-old-space-size=64'] })
      const end = await program.ended
      if (end.signal === null) {
        const [outcome] = program.stdout.filter((line) => line.startsWith('outcome'))
        const { first, second } = JSON.parse(outcome?.slice('outcome'.length) ?? '') as Record<string, unknown>
        // A heap that is full takes long to give back, and nobody waits for the verdict for longer than 250 ms.
        expect([{ out_of_memory: {} }, 'noconnection']).toContainEqual(first)
        expect([second, end.code]).toEqual([true, 0])
      } else expect(end).toEqual({ code: null, signal: 'SIGABRT' })
    },
  )
})
