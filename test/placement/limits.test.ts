import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { isolationIn } from './fixtures/places.ts'
import { descendantsOf, eventually, run } from './program.ts'
import { trial } from './trial.ts'

const limitMs = 400
const options = { handlerMs: limitMs, killMs: 300 }
const made = trial(options)
const crewed = trial({ ...options, threads: { within: 'process' } })
const walled = ['thread', 'crew', 'process'] as const

describe('handlerMs counts one uninterrupted turn', () => {
  for (const place of walled) {
    const { faulty } = place === 'crew' ? crewed : made
    test(`${place}: turns shorter than that are nobody's fault, however many`, async () => {
      const { ref } = await faulty(isolationIn(place))
      const before = await ref.call.whereabouts()
      for (let turn = 0; turn < 24; turn++) await ref.call.busyFor(limitMs * 0.3)
      expect(await ref.call.whereabouts()).toEqual(before)
    })

    test(`${place}: time that is awaited does not count`, async () => {
      const { ref } = await faulty(isolationIn(place))
      const before = await ref.call.whereabouts()
      await ref.call.wait(limitMs * 4)
      expect(await ref.call.whereabouts()).toEqual(before)
    })

    test(`${place}: a hint sets it for one node`, async () => {
      const native = place === 'process'
      const { ref } = await faulty({ cpu: 'heavy', native })
      await ref.call.busyFor(limitMs * 5)
      const hasty = await faulty({ native, limits: { handlerMs: 150 } })
      await expect(hasty.ref.call.spin()).rejects.toMatchObject({ reason: { stuck: { handler: 'Faulty.spin' } } })
    })
  }

  test('a pause of the whole machine is nobody’s fault', { timeout: 30_000 }, async () => {
    const program = run('patient.ts', { args: [String(limitMs)] })
    const before = await program.said('nodes')
    const all = [...descendantsOf(program.pid), program.pid]
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, limitMs * 5))
    for (const pid of all) process.kill(pid, 'SIGCONT')
    expect(await program.said('later')).toBe(before)
  })
})

describe('a kill that is not obeyed within killMs ends the node', () => {
  const inRoot = trial({ handlerMs: Infinity, killMs: 300 })
  const inCrew = trial({ handlerMs: Infinity, killMs: 300, threads: { within: 'process' } })
  let folder = ''
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bulkhead-limits-'))))
  afterAll(() => rmSync(folder, { recursive: true }))
  for (const place of walled) {
    const patient = place === 'crew' ? inCrew : inRoot
    test(`${place}: the victim exits killed, its neighbour noconnection`, async () => {
      const victim = await patient.faulty(isolationIn(place))
      const neighbour = await patient.faulty({ coordination: { with: victim.ref } })
      const sign = join(folder, place)
      const pending = victim.ref.call.spinAfterSign(sign).catch((error: unknown) => error)
      await eventually(() => existsSync(sign), 20_000, 'the victim spins')
      await patient.kill(victim.pid)
      const killed = await patient.notices(victim.pid)
      expect(killed).toMatchObject({ exit: 'killed', down: 'killed', downNode: { cause: 'killed' } })
      expect(await pending).toMatchObject({ reason: 'killed' })
      const bystander = await patient.notices(neighbour.pid)
      expect(bystander).toMatchObject({ exit: 'noconnection', down: 'noconnection', downNode: { cause: 'killed' } })
    })

    test(`${place}: one that is obeyed harms no neighbour`, async () => {
      const victim = await patient.faulty(isolationIn(place))
      const neighbour = await patient.faulty({ coordination: { with: victim.ref } })
      await patient.kill(victim.pid)
      const { exit, down, downNode } = await patient.notices(victim.pid)
      expect([exit, down, downNode]).toEqual(['killed', 'killed', undefined])
      expect(await neighbour.ref.call.whereabouts()).toMatchObject({ pid: neighbour.pid })
    })
  }
})

describe('a stuck root', () => {
  test('is reported with the handler’s name, and left alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-stuck-root-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const told = join(folder, 'told')
    const program = run('stuck-root.ts', { args: [String(limitMs), told] })
    const report = /the root has been stuck for \d+ ms in Faulty\.blockUntil/
    await eventually(() => report.test(program.stderr.join('\n')), 30_000, 'it is reported')
    expect(program.stdout).not.toContain('went on')
    writeFileSync(told, '')
    await program.ended
    expect(program.stdout).toContain('went on')
  })
})
