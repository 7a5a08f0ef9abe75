import dgram from 'node:dgram'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import inspector from 'node:inspector'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { IsolationHints, Pid, SandboxHints } from 'bulkhead'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bystanders } from './bystanders.ts'
import { Attacker } from './fixtures/attacker.ts'
import { eventually, isRunning, run } from './program.ts'
import { trial } from './trial.ts'

const own = trial({ handlerMs: 2_000 })
const others = bystanders(own, ['Attacker'])
const here = dirname(fileURLToPath(import.meta.url))
const module = join(here, 'fixtures/attacker.ts')
const hasNoNetwork = Number(process.versions.node.split('.', 1)[0]) >= 25
let count = 0

async function attacker(sandbox: SandboxHints = {}, limits: IsolationHints['limits'] = {}) {
  const ref = await own.system.start(Attacker, [], {
    id: `attacker-${++count}`,
    restart: 'temporary',
    isolation: { trust: 'untrusted', sandbox, limits },
  })
  const pid = ref.pid as Pid
  await own.watch(pid)
  return { ref: ref.within(60_000), pid }
}

/** None of the attempts came through. */
function expectRefused(outcomes: Readonly<Record<string, string>>): void {
  expect(Object.keys(outcomes).length).toBeGreaterThan(0)
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome.startsWith('came through'))).toEqual([])
}

const patience = { timeout: 120_000 }

describe('what is not its business', patience, () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-attack-'))
  })
  const twin = `${module}x`
  afterAll(() => {
    rmSync(folder, { recursive: true })
    rmSync(twin, { force: true })
  })

  test('files of the machine, of the project, and those whose names only begin like one that it may read', async () => {
    writeFileSync(twin, 'export const secret = 42')
    writeFileSync(join(folder, 'secret.json'), '{}')
    const paths = ['/etc/passwd', '/etc/hostname', '/proc/self/environ', `/proc/${process.pid}/environ`, '/', '/tmp']
    const project = [join(here, '../../package.json'), join(here, 'fixtures/host.ts'), join(here, 'program.ts'), here]
    const { ref } = await attacker()
    expectRefused(await ref.call.read([...paths, ...project, twin, folder, join(folder, 'secret.json')]))
    await others.haveNoticedNothing()
  })

  test('writing anything anywhere', async () => {
    const text = readFileSync(module, 'utf8')
    const open = join(folder, 'open')
    mkdirSync(open, { mode: 0o777 })
    const { ref } = await attacker({ read: [open] })
    expectRefused(await ref.call.write(open))
    expect(readdirSync(open)).toEqual([])
    expect(readFileSync(module, 'utf8')).toBe(text)
    await others.haveNoticedNothing()
  })

  test('running anything: processes, threads, native code, the inspector', async () => {
    const { ref } = await attacker()
    expectRefused(await ref.call.run())
    await others.haveNoticedNothing()
  })
})

describe('the network', patience, () => {
  let [folder, socketFile] = ['', '']
  const abstract = `\0bulkhead-attack-${process.pid}`
  const servers: Server[] = []
  const udp = dgram.createSocket('udp4')
  let visits = 0
  let port = 0

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-sockets-'))
    socketFile = join(folder, 'socket')
    for (const address of [0, socketFile, abstract]) {
      const server = createServer((socket) => {
        visits++
        socket.destroy()
      })
      await new Promise<void>((resolve) => server.listen(address, resolve))
      servers.push(server)
    }
    port = ((servers[0] as Server).address() as { port: number }).port
    udp.on('message', () => visits++)
    await new Promise<void>((resolve) => udp.bind(port, resolve))
  })
  afterAll(() => {
    for (const server of servers) server.close()
    udp.close()
    rmSync(folder, { recursive: true })
  })

  test('reaches nobody but what explain says', async () => {
    const { ref } = await attacker()
    const { file, ...elsewhere } = await ref.call.reach({ port, socketFile, abstract })
    const { decision } = await own.system.explain(ref)
    const wall = decision?.confinement?.walls?.find(({ wall: name }) => name === 'network')
    if (hasNoNetwork) {
      expectRefused({ file: file as string, ...elsewhere })
      expect(wall?.holds).toBe('yes')
    } else {
      // An empty network of its own, where there is one: nobody is there to be reached.
      if (wall?.holds === 'partly') expectRefused(elsewhere)
      else expect(wall?.holds).toBe('no')
      expect(wall?.by).toMatch(/Node\.js 25/)
    }
    const before = visits
    await ref.call.datagram(port).catch(() => {})
    const listening = await (await attacker()).ref.call.listen().catch((error: unknown) => String(error))
    if (hasNoNetwork) expect(listening).not.toMatch(/came through/)
    await new Promise<void>((resolve) => udp.send('mine', port, '127.0.0.1', () => resolve()))
    await eventually(() => visits > before, 20_000, 'a datagram of the test itself arrived')
    expect(visits).toBe(wall?.holds === 'no' ? before + 2 : before + 1)
    if (hasNoNetwork) expect(visits).toBe(1)
    await others.haveNoticedNothing()
  })
})

describe('other OS processes', patience, () => {
  test('cannot be sent a signal: not its parent, not the root, not another sandbox; and no inspector opens', async () => {
    const [one, other] = [await attacker(), await attacker()]
    const { osProcess } = await own.system.explain(other.ref)
    const parent = process.ppid
    expectRefused(await one.ref.call.signal([process.pid, parent, osProcess]))
    expectRefused(await one.ref.call.signalAnyhow(process.pid))
    expect(inspector.url()).toBeUndefined()
    expect(await other.ref.call.alive()).toBe(true)
    expect(await one.ref.call.alive()).toBe(true)
    await others.haveNoticedNothing()
  })
})

describe('exhausting', patience, () => {
  test('the heap', async () => {
    // Collecting garbage in vain takes its time: that is not what this is about.
    const { ref, pid } = await attacker({}, { heapMb: 32, rssMb: 1_024, handlerMs: 60_000 })
    await expect(ref.call.allocate()).rejects.toMatchObject({ reason: { out_of_memory: { limitMb: 32 } } })
    expect((await own.notices(pid)).exitNode).toMatchObject({ cause: 'out_of_memory' })
    await others.haveNoticedNothing()
  })

  test.runIf(process.platform === 'linux')('memory outside the heap', async () => {
    const { ref, pid } = await attacker({}, { handlerMs: 60_000 })
    await expect(ref.call.allocateBuffers()).rejects.toMatchObject({ reason: { out_of_memory: { limitMb: 256 } } })
    expect((await own.notices(pid)).exitNode).toMatchObject({ cause: 'out_of_memory' })
    await others.haveNoticedNothing()
  })

  test('the CPU, without an end', async () => {
    const { ref, pid } = await attacker({}, { handlerMs: 500 })
    await expect(ref.call.spin()).rejects.toMatchObject({ reason: { stuck: {} } })
    expect((await own.notices(pid)).exitNode).toMatchObject({ cause: 'stuck' })
    await others.haveNoticedNothing()
  })

  test('the CPU, with an answer now and then', async () => {
    const { ref } = await attacker()
    const burning = ref.call.burn(2_000)
    await others.haveNoticedNothing()
    await burning
  })

  test('descriptors', async () => {
    const { ref } = await attacker({ descriptors: 100 })
    const { opened, code } = await ref.call.descriptors()
    expect(code).toBe('EMFILE')
    expect(opened).toBeLessThan(100)
    expect(await ref.call.alive()).toBe(true)
    await others.haveNoticedNothing()
  })
})

describe('what it prints', patience, () => {
  test('lines that would act on a terminal, or pass for another’s', async () => {
    const program = run('loud-sandbox.ts', { args: ['escape'] })
    await program.said('done')
    await program.ended
    const said = program.stdout.filter((line) => line.includes('all is well'))
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^\[process \d+ \/loud\] \?]0;owned\?\?\[2J\?all is well$/)
  })

  test('logs are paced like what is printed', async () => {
    const { ref } = await attacker({ outputBytesPerSecond: 20_000 })
    const before = own.records.length
    await ref.call.logs(2_000)
    expect(await ref.call.alive()).toBe(true)
    const arrived = own.records.slice(before).filter(({ text }) => text.startsWith('xxxx')).length
    expect(arrived).toBeLessThan(1_000)
    await others.haveNoticedNothing()
  })
})

describe('the ends of its runtime', patience, () => {
  test('it closes its connection and lives on', async () => {
    const { ref, pid } = await attacker()
    const { osProcess } = await own.system.explain(ref)
    ref.call.closeAll().catch(() => {})
    expect((await own.notices(pid)).exitNode).toMatchObject({
      cause: expect.stringMatching(/protocol_violation|exited|signaled/) as string,
    })
    await eventually(() => !isRunning(osProcess), 20_000, 'it is gone')
    await others.haveNoticedNothing()
  })

  test('it leaves', async () => {
    const { ref } = await attacker()
    await expect(ref.call.exit(5)).rejects.toMatchObject({ reason: { exited: { code: 5 } } })
    await others.haveNoticedNothing()
  })

  test('it aborts', async () => {
    const { ref, pid } = await attacker()
    ref.call.abort().catch(() => {})
    const { exit, exitNode } = await own.notices(pid)
    expect(exitNode).toMatchObject({ cause: 'signaled', signal: 'SIGABRT' })
    expect(exit).toEqual({ signaled: { signal: 'SIGABRT' } })
    await others.haveNoticedNothing()
  })

  test('it aborts when nothing of what it prints is read', async () => {
    const { ref, pid } = await attacker({ outputBytesPerSecond: 0 })
    ref.call.abort().catch(() => {})
    expect((await own.notices(pid)).exit).toEqual({ signaled: { signal: 'SIGABRT' } })
  })

  test('it raises errors with names that mean something elsewhere', async () => {
    const { ref, pid } = await attacker()
    await ref.call.throwForeign()
    expect(inspect((await own.notices(pid)).exit)).toContain('foreign')
    await others.haveNoticedNothing()
  })

  test('it answers with what would pollute prototypes', async () => {
    const { ref } = await attacker()
    const value = await ref.call.pollution()
    expect((value as { polluted?: unknown }).polluted).toBeUndefined()
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    await others.haveNoticedNothing()
  })
})
