import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { WALLS_OF_SANDBOX } from '@bulkhead/core'
import { NotSendable } from 'bulkhead'
import type { Isolation, IsolationHints, Pid, SandboxHints } from 'bulkhead'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Guest } from './fixtures/guest.ts'
import { Host } from './fixtures/host.ts'
import { Needy } from './fixtures/needy.ts'
import { installed } from './installed.ts'
import { descendantsOf, eventually, isRunning, run } from './program.ts'
import { trial } from './trial.ts'

const own = trial({ handlerMs: 1_000, intensity: 1_000 })
const patience = { timeout: 120_000 }
const major = Number(process.versions.node.split('.', 1)[0])
const here = dirname(fileURLToPath(import.meta.url))
let count = 0

async function guest(sandbox: SandboxHints = {}, hints: Omit<IsolationHints, 'trust' | 'sandbox'> = {}, name?: string) {
  const ref = await own.system.start(Guest, [1], {
    id: `guest-${++count}`,
    restart: 'temporary',
    isolation: { trust: 'untrusted', sandbox, ...hints },
    ...(name !== undefined && { name }),
  })
  const pid = ref.pid as Pid
  await own.watch(pid)
  return { ref: ref.within(60_000), pid }
}

async function failure(sandbox: unknown, hints: object = {}): Promise<Error> {
  const isolation = { trust: 'untrusted', sandbox, ...hints } as Isolation
  const started = own.system.start(Guest, [], { id: `guest-${++count}`, restart: 'temporary', isolation })
  return await started.then(
    () => expect.unreachable('it was started'),
    (error: unknown) => error as Error,
  )
}

describe('an untrusted actor', patience, () => {
  test('lives in an OS process of its own, with nothing around it', async () => {
    const { ref } = await guest({ env: { COLOUR: 'green' } })
    const { cwd, environment, argv, execArgv } = await ref.call.whereabouts()
    expect(environment).toEqual({ COLOUR: 'green' })
    expect(argv).toEqual([])
    expect(execArgv).toContain('--permission')
    expect(existsSync(cwd)).toBe(false) // empty, and gone: it only stands there
    const { osProcess, kind, blastRadius } = await own.system.explain(ref)
    expect([kind, blastRadius]).toEqual(['process', { node: [], osProcess: [] }])
    expect(descendantsOf(process.pid)).toContain(osProcess)
    const other = await guest()
    expect((await own.system.explain(other.ref)).osProcess).not.toBe(osProcess)
  })

  test('is called, calls, is sent messages and sends them, like any other', async () => {
    const { ref, pid } = await guest()
    expect(await ref.call.add(2)).toBe(3)
    const value = { map: new Map([[1, new Date(5)]]), big: 2n ** 70n, bytes: new Uint8Array(300_000) }
    expect(await ref.call.echo(value)).toEqual(value)
    const host = await own.system.start(Host, [], { id: 'host-inline', isolation: 'inline' })
    expect(await ref.call.ask(host, 'up')).toBe('up')
    expect(await host.within(60_000).call.ask(ref, 'down')).toBe('down')
    expect(await ref.call.tell(host.pid as Pid, 'hello')).toBe(true)
    await eventually(async () => (await host.call.count()) === 1, 20_000, 'the host was told')
    expect(await host.call.heard()).toEqual(['hello'])
    expect(await ref.call.isAlive(host.pid as Pid)).toBe(true)
    await own.kill(pid)
    expect(await own.notices(pid)).toMatchObject({ exit: 'killed', down: 'killed' })
  })

  test.each(['thread', 'process'] as const)(
    'started from a %s, it talks with whoever lives there',
    async (isolation) => {
      const host = (await own.system.start(Host, [], { id: `host-${isolation}`, isolation })).within(60_000)
      const started = await host.call.start()
      expect(await started.within(60_000).call.ask(host, 'back')).toBe('back')
      expect(await host.call.ask(started, 'forth')).toBe('forth')
      const { ref: other } = await guest()
      expect(await other.call.ask(host, 'to the host')).toBe('to the host')
      expect(await host.call.ask(other, 'to the guest')).toBe('to the guest')
    },
  )

  test('talks with another untrusted actor that it was handed', async () => {
    const [one, other] = [await guest(), await guest()]
    expect(await one.ref.call.ask(other.ref, 'between us')).toBe('between us')
    expect(await other.ref.call.ask(one.ref, 'and back')).toBe('and back')
  })

  test('hears DOWN of whom it monitors, with the reason, also when that one’s node has died', async () => {
    const { ref } = await guest()
    const inline = await own.system.start(Host, [], { id: 'mortal', restart: 'temporary', isolation: 'inline' })
    await ref.call.watch(inline.pid as Pid)
    await own.kill(inline.pid as Pid)
    const { ref: victim, pid } = await own.faulty({ faults: 'contained' })
    await ref.call.watch(pid)
    await victim.call.exit(3).catch(() => {})
    await eventually(async () => (await ref.call.heard()).length === 2, 20_000, 'both DOWN came')
    expect(await ref.call.heard()).toEqual([{ down: 'killed' }, { down: expect.anything() as unknown }])
    // A pid of a node that was gone before anybody spoke of it.
    const late = await guest()
    await late.ref.call.watch(pid)
    await eventually(async () => (await late.ref.call.heard()).length === 1, 20_000, 'DOWN came')
  })

  test('may not do what only trusted actors may: that is an error here, and it lives on', async () => {
    const { ref } = await guest()
    const host = await own.system.start(Host, [], { id: 'onlooker', isolation: 'inline' })
    expect(await ref.call.overreach(host.pid as Pid)).toEqual({
      start: 'placement',
      spawn: 'placement',
      link: 'not_granted',
      exit: 'not_granted',
      register: 'not_granted',
      unregister: 'not_granted',
      monitorNode: 'not_granted',
      send: false,
    })
    expect(await ref.call.add(1)).toBe(2)
  })

  test('is restarted by its supervisor as usual, with its name, in a new sandbox', async () => {
    await own.system.start(Guest, [7], { id: 'phoenix', name: 'phoenix', isolation: { trust: 'untrusted' } })
    const ref = own.system.named(Guest, 'phoenix').within(60_000)
    const first = await own.system.explain('phoenix')
    expect(await ref.call.add(1)).toBe(8)
    await expect(ref.call.crash()).rejects.toMatchObject({ reason: { name: 'RangeError', message: 'thrown' } })
    await eventually(async () => (await own.system.available('phoenix')) !== first.pid, 60_000, 'it was restarted')
    expect(await ref.call.add(1)).toBe(8)
    const second = await own.system.explain('phoenix')
    expect(second.osProcess).not.toBe(first.osProcess)
    await expect(ref.call.exit(3)).rejects.toMatchObject({ reason: { exited: { code: 3 } } })
    await eventually(
      async () => (await own.system.available('phoenix')) !== second.pid,
      60_000,
      'it was restarted again',
    )
    expect(await ref.call.add(1)).toBe(8)
    await eventually(
      () => !isRunning(first.osProcess) && !isRunning(second.osProcess),
      20_000,
      'nothing is left of them',
    )
  })

  test('ends with its sandbox, and the sandbox with it', async () => {
    const { ref, pid } = await guest()
    const { osProcess } = await own.system.explain(ref)
    await own.kill(pid)
    await own.notices(pid)
    await eventually(() => !isRunning(osProcess), 20_000, 'its OS process ended')
  })
})

describe('it reads', patience, () => {
  let [folder, file] = ['', '']
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-read-'))
    file = join(folder, 'data.txt')
    writeFileSync(file, 'four')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('its own module, and nothing else that it was not given', async () => {
    const { ref } = await guest()
    expect(await ref.call.read(join(here, 'fixtures/guest.ts'))).toBeGreaterThan(100)
    for (const path of [
      file,
      join(here, 'fixtures/host.ts'),
      '/etc/passwd',
      '/proc/self/environ',
      process.argv[1] as string,
    ])
      expect(await ref.call.read(path)).toBe('ERR_ACCESS_DENIED')
  })

  test.each([
    ['a file', () => file],
    ['a folder', () => folder],
    ['a file: URL as text', () => `file://${file}`],
    ['a file: URL as text, in short', () => `file:${file}`],
    ['a URL', () => pathToFileURL(file)],
  ])('%s that is named', async (_, path) => {
    const { ref } = await guest({ read: [path()] })
    expect(await ref.call.read(file)).toBe(4)
    expect(await ref.call.read('/etc/passwd')).toBe('ERR_ACCESS_DENIED')
  })

  test('no other module of the program: what is missing is named, and where to name it', async () => {
    const needed = join(here, 'fixtures/needed.ts')
    const needy = (sandbox: SandboxHints) =>
      own.system.start(Needy, [], {
        id: `needy-${++count}`,
        restart: 'temporary',
        isolation: { trust: 'untrusted', sandbox },
      })
    await expect(needy({})).rejects.toThrow(/needed\.ts: name that in isolation\.sandbox\.read/)
    expect(await (await needy({ read: [needed] })).within(60_000).call.need()).toBe('met')
  })

  test('what does not exist is an error that names it', async () => {
    const error = await failure({ read: ['/no/such/place'] })
    expect(error.message).toMatch(/isolation\.sandbox\.read: \/no\/such\/place does not exist/)
  })
})

describe('its limits', patience, () => {
  test('a turn longer than handlerMs', async () => {
    const { ref, pid } = await guest({}, { limits: { handlerMs: 400 } })
    await ref.call.busyFor(150)
    await expect(ref.call.spin()).rejects.toMatchObject({ reason: { stuck: {} } })
    expect((await own.notices(pid)).exitNode).toMatchObject({ cause: 'stuck' })
  })

  test('a loop that never turns', async () => {
    const { ref } = await guest({}, { limits: { handlerMs: 400 } })
    await expect(ref.call.circle()).rejects.toMatchObject({ reason: { stuck: {} } })
  })

  test('a message longer than its longest frame is an error at the sender', async () => {
    const { ref } = await guest({ frameBytes: 65_536 })
    const host = await own.system.start(Host, [], { id: 'large', isolation: 'inline' })
    expect(await ref.call.large(host.pid as Pid, 60_000)).toBe(true)
    expect(await ref.call.large(host.pid as Pid, 70_000)).toMatch(/not_sendable/)
    expect(await ref.call.add(1)).toBe(2)
    // A reply that cannot be sent ends a server.
    const reply = await ref.call.fill(70_000).catch((error: unknown) => String(error))
    expect(reply).toMatch(/NotSendable: reply takes 70\d{3} bytes, .* raise isolation\.sandbox\.frameBytes, 65536/)
  })

  test('shared memory does not reach it: an error at the sender, which says so; large binary data do', async () => {
    const { ref } = await guest()
    const large = new Uint8Array(100_000).fill(7)
    expect(await ref.call.echo(large)).toEqual(large)
    const problem = await ref.call.echo(new SharedArrayBuffer(8)).catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(NotSendable)
    expect((problem as Error).message).toContain('which cannot leave its OS process')
    expect(await ref.call.echo(large)).toEqual(large)
  })

  test('it may send as much as it likes through its runtime, which paces it', async () => {
    const { ref } = await guest({ framesPerSecond: 2_000 }, { limits: { handlerMs: 60_000 } })
    const host = await own.system.start(Host, [], { id: 'poured', isolation: 'inline' })
    const begun = performance.now()
    await ref.call.pour(host.pid as Pid, 8_000)
    await eventually(async () => (await host.call.count()) === 8_000, 60_000, 'all of it has arrived')
    expect(performance.now() - begun).toBeGreaterThan(2_500)
    expect(await host.call.heard()).toEqual(Array.from({ length: 8_000 }, (_, index) => index))
    expect(await ref.call.add(1)).toBe(2)
  })

  test('what it is sent while it does not read waits with the sender, and none of it is lost', async () => {
    const { ref } = await guest({}, { limits: { handlerMs: 60_000, heapMb: 256, rssMb: 1_024 } })
    const host = await own.system.start(Host, [], { id: 'flooding', isolation: 'inline' })
    const busy = ref.call.busyFor(2_000)
    // The host hears that there is room again once the guest has begun to read.
    expect(await host.within(60_000).call.flood(ref, 400, 100_000)).toBeGreaterThan(1_500)
    await busy
    await eventually(async () => (await ref.call.add(0)) === 1 + 400 * 100_000, 60_000, 'all of it has arrived')
  })
})

describe('explain', patience, () => {
  test('says what each wall rests on, and what this Node.js cannot hold', async () => {
    const { ref } = await guest({ env: { SECRET: 'do not tell' } })
    const { decision } = await own.system.explain(ref)
    const walls = Object.fromEntries(decision?.confinement?.walls?.map(({ wall, holds }) => [wall, holds]) ?? [])
    const always = ['files', 'processes', 'workers', 'addons', 'inspector']
    expect(walls).toMatchObject(Object.fromEntries(always.map((wall) => [wall, 'yes'])))
    expect(walls['network'] === 'yes').toBe(major >= 25)
    if (major < 25) expect(decision?.because.join()).toMatch(/network: .*Node\.js 25/)
    expect(JSON.stringify(decision)).not.toContain('do not tell')
    expect(decision?.confinement?.env).toEqual(['SECRET'])
    expect(decision?.limits).toMatchObject({ heapMb: 64, rssMb: 256 })
  })

  test('shows each grant, and nothing else is granted', async () => {
    const none = (await own.system.explain((await guest()).ref)).decision?.confinement
    const itself = join(here, 'fixtures/guest.ts')
    expect(none).toMatchObject({ env: [], require: [], read: expect.arrayContaining([itself]) as unknown })
    const sandbox = {
      read: [pathToFileURL(join(here, 'fixtures/host.ts')), join(here, 'fixtures/needed.ts')],
      env: { LANG: 'en', COLOUR: 'green' },
      framesPerSecond: 1_000,
      bytesPerSecond: 2 ** 20,
      frameBytes: 2 ** 16,
      outputBytesPerSecond: 2 ** 10,
      descriptors: 64,
    }
    const { ref } = await guest(sandbox, { limits: { heapMb: 96, rssMb: 300, handlerMs: 2_000 } })
    const { decision } = await own.system.explain(ref)
    const { read: _, env: __, ...numbers } = sandbox
    expect(decision?.confinement).toMatchObject({ ...numbers, env: ['LANG', 'COLOUR'] })
    expect(decision?.limits).toEqual({ heapMb: 96, rssMb: 300, handlerMs: 2_000 })
    const granted = decision?.confinement?.read.filter((path) => !none?.read.includes(path))
    expect(granted?.toSorted()).toEqual(['host.ts', 'needed.ts'].map((name) => join(here, 'fixtures', name)))
  })

  test('what it says of a wall is what requiring it comes to', async () => {
    const { decision } = await own.system.explain((await guest()).ref)
    const walls = decision?.confinement?.walls ?? []
    expect(walls.map(({ wall }) => wall)).toEqual(WALLS_OF_SANDBOX)
    for (const { wall, holds, by } of walls) {
      const words = decision?.because.filter((because) => because.includes(`against ${wall}: ${by}`))
      expect(words).toHaveLength(holds === 'yes' ? 0 : 1)
    }
    const holding = walls.filter(({ holds }) => holds === 'yes').map(({ wall }) => wall)
    const { ref } = await guest({ require: holding })
    expect((await own.system.explain(ref)).decision?.confinement?.require).toEqual(holding)
    for (const { wall, by } of walls.filter(({ holds }) => holds !== 'yes')) {
      const error = await failure({ require: [wall] })
      expect(error).toMatchObject({ reason: { name: 'PlacementError' } })
      expect(error.message).toContain(`isolation.sandbox.require: '${wall}'`)
      expect(error.message).toContain(by)
    }
  })

  test('what is required and cannot be held is a PlacementError that says what would', async () => {
    if (major >= 25) {
      const { ref } = await guest({ require: ['network', 'files'] })
      expect(await ref.call.add(1)).toBe(2)
      return
    }
    const error = await failure({ require: ['network'] })
    expect(error).toMatchObject({ reason: { name: 'PlacementError' } })
    expect(error.message).toMatch(/isolation\.sandbox\.require: 'network'.*Node\.js 25 or newer/)
  })

  test('hints that contradict a sandbox are errors that name both', async () => {
    expect((await failure({}, { native: true })).message).toMatch(/trust: 'untrusted' contradicts native: true/)
    expect((await failure({}, { memory: 'shared' })).message).toMatch(/memory: 'shared' contradicts trust: 'untrusted'/)
    expect((await failure({}, { compartment: 'x' })).message).toMatch(/compartment: x contradicts trust: 'untrusted'/)
  })
})

describe('nothing of a sandbox outlives its root', patience, () => {
  test('killed with SIGKILL: idle and busy ones are gone within 1 s, and no folder is left', async () => {
    const program = run('sandboxed-family.ts')
    const { processes, cwd } = JSON.parse(await program.said('sandboxes')) as { processes: number[]; cwd: string }
    const all = [...new Set([...processes, ...descendantsOf(program.pid)])]
    expect(processes.filter(isRunning)).toEqual(processes)
    program.kill('SIGKILL')
    await program.ended
    await eventually(() => !all.some(isRunning), 1_000, `some of ${all.join()} ended`)
    expect(existsSync(cwd)).toBe(false)
    expect(readdirSync(tmpdir())).not.toContain(cwd.split('/').at(-1))
  })
})

describe.runIf(process.platform === 'linux')('of a program of', patience, () => {
  const nobody = 65_534
  let [folder, node] = ['', '']
  beforeAll(() => {
    ;({ folder, node } = installed(['guest.ts', 'unprivileged.ts']))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const users = process.getuid?.() === 0 ? (['root', 'another user'] as const) : (['another user'] as const)
  test.each(users)('%s: it is held as explain says, and gone within 1 s when its root is killed', async (user) => {
    const id = user === 'root' || process.getuid?.() !== 0 ? {} : { uid: nobody, gid: nobody }
    const child = spawn(node, [join(folder, 'unprivileged.ts')], {
      ...id,
      cwd: folder,
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    let text = ''
    for await (const chunk of child.stdout) if ((text += String(chunk)).includes('\n')) break
    const said = JSON.parse(text.slice('said '.length)) as {
      uid: number
      walls: Record<string, string>
      because: string[]
      passwd: unknown
      sum: number
    }
    expect(said).toMatchObject({ passwd: 'ERR_ACCESS_DENIED', sum: 1, walls: { files: 'yes', processes: 'yes' } })
    if (user === 'root') {
      expect(said.walls).toMatchObject({ signals: 'yes' })
      expect(said.because.join()).not.toContain('no user id of its own')
    } else expect(said.uid).not.toBe(0)
    // Without namespaces nothing stands between OS processes of one user, and explain does not hide it.
    if (said.walls['signals'] !== 'yes') expect(said.because.join()).toContain('against signals')
    const all = descendantsOf(child.pid as number)
    expect(all.length).toBeGreaterThanOrEqual(2)
    child.kill('SIGKILL')
    await ended
    if (said.walls['orphans'] === 'yes')
      await eventually(() => !all.some(isRunning), 1_000, `some of ${all.join()} ended`)
    for (const pid of all.filter(isRunning)) process.kill(pid, 'SIGKILL')
  })

  /** Where `unshare` cannot be run, as in many containers. */
  const hidden =
    'mount --bind /dev/null /usr/bin/unshare && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$0" "$@"'
  const canHide = spawnSync('unshare', ['--mount', 'sh', '-c', 'mount --bind /dev/null /usr/bin/unshare']).status === 0

  test.runIf(canHide)(
    'somebody to whom the machine gives nothing: no signal opens the inspector of its root',
    async () => {
      const words = ['--mount', 'sh', '-c', hidden, node, join(folder, 'unprivileged.ts')]
      const child = spawn('unshare', words, {
        cwd: folder,
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      let stderr = ''
      child.stderr.on('data', (chunk) => (stderr += String(chunk)))
      let text = ''
      child.stdout.on('data', (chunk) => (text += String(chunk)))
      await eventually(() => text.includes('\n'), 60_000, 'the program said what it has')
      const said = JSON.parse(text.slice('said '.length)) as {
        walls: Record<string, string>
        because: string[]
        passwd: unknown
      }
      expect(said).toMatchObject({ passwd: 'ERR_ACCESS_DENIED', walls: { signals: 'no' } })
      expect(said.because.join()).toMatch(/holds nothing against signals: it takes root, or `unshare`/)
      child.kill('SIGUSR1')
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      expect(isRunning(child.pid as number)).toBe(true)
      expect(stderr).not.toMatch(/Debugger listening/)
    },
  )
})
