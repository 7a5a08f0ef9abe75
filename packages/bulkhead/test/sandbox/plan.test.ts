import { WALLS_OF_SANDBOX } from '@bulkhead/core'
import { describe, expect, test } from 'vitest'
import type { Means } from '../../src/sandbox/means.ts'
import { checkRequired, commandOf, coverOf, nodeOptionsOf, wallsOf } from '../../src/sandbox/plan.ts'

const bare: Means = {
  platform: 'linux',
  nodeMajor: 24,
  isRoot: false,
  setpriv: undefined,
  prlimit: undefined,
  nice: undefined,
  namespaces: undefined,
  userNamespaces: undefined,
  uids: undefined,
}
const unprivileged: Means = {
  ...bare,
  setpriv: '/setpriv',
  prlimit: '/prlimit',
  nice: '/nice',
  userNamespaces: '/unshare',
}
const root: Means = { ...unprivileged, isRoot: true, uids: { min: 1_900_000_000, count: 100 }, namespaces: '/unshare' }
const rootOfContainer: Means = { ...root, namespaces: undefined, userNamespaces: undefined }
const uid = 1_900_000_050

describe('under whom a sandbox runs', () => {
  test.each<[string, Means, string | undefined, unknown]>([
    ['root: a user id of its own', root, undefined, { uid, namespaces: 'own' }],
    ['root of a container without namespaces: the same', rootOfContainer, undefined, { uid, namespaces: 'none' }],
    ['root, code that others cannot read: a user namespace', root, '/root/x', { uid: undefined, namespaces: 'user' }],
    ['root that may not become anybody: the same', { ...root, uids: undefined }, undefined, { namespaces: 'user' }],
    ['anybody: a user namespace', unprivileged, undefined, { uid: undefined, namespaces: 'user' }],
    ['anybody without one: nothing', bare, undefined, { uid: undefined, namespaces: 'none' }],
    ['a namespace without `setpriv`, which nothing would end: nothing', { ...unprivileged, setpriv: undefined }, undefined, { namespaces: 'none' }],
  ])('%s', (_, means, unreadable, expected) => {
    expect(coverOf(means, 0.5, unreadable)).toMatchObject(expected as object)
  }) // prettier-ignore

  test('root with nothing but its own rights is an error that says what to do', () => {
    expect(() => coverOf(rootOfContainer, 0.5, '/root/code.js')).toThrow(
      /other users cannot read \/root\/code\.js.*put the code where all users can read it/,
    )
  })
})

describe('what each wall rests on', () => {
  const holds = (means: Means): Record<string, string> =>
    Object.fromEntries(wallsOf(means, coverOf(means, 0.5, undefined)).map(({ wall, holds: state }) => [wall, state]))

  test.each<[string, Means, Record<string, string>]>([
    ['root, Node.js 26', { ...root, nodeMajor: 26 }, Object.fromEntries(WALLS_OF_SANDBOX.map((wall) => [wall, 'yes']))],
    ['root, Node.js 24', root, { network: 'partly', signals: 'yes', orphans: 'yes' }],
    ['a container, Node.js 24', rootOfContainer, { network: 'no', signals: 'yes' }],
    ['anybody, Node.js 22', { ...unprivileged, nodeMajor: 22 }, { network: 'partly', signals: 'yes' }],
    [
      'nothing but Node.js 24',
      bare,
      { network: 'no', signals: 'no', orphans: 'partly', descriptors: 'no', files: 'yes' },
    ],
    ['nothing but Node.js 26', { ...bare, nodeMajor: 26 }, { network: 'yes', signals: 'no' }],
    ['another system', { ...bare, platform: 'darwin' }, { memory: 'partly' }],
  ])('%s', (_, means, expected) => {
    expect(holds(means)).toMatchObject(expected)
  })

  const everyMeans = [root, rootOfContainer, unprivileged, bare, { ...bare, platform: 'darwin' }]
  const machines = everyMeans.flatMap((means) => [22, 24, 25, 26].map((nodeMajor) => ({ ...means, nodeMajor })))

  test('on any machine each wall is one of the three, with words for it; required, it is an error unless it holds', () => {
    for (const means of machines) {
      const walls = wallsOf(means, coverOf(means, 0.5, undefined))
      expect(walls.map(({ wall }) => wall)).toEqual(WALLS_OF_SANDBOX)
      for (const { wall, holds: state, by } of walls) {
        expect(by).not.toBe('')
        const required = () => checkRequired([wall], walls)
        if (state === 'yes') expect(required).not.toThrow()
        else expect(required).toThrow(new RegExp(`isolation.sandbox.require: '${wall}' .*: ${by}`))
      }
    }
  })

  test('one that is required and does not hold is an error that names it, and what would hold it', () => {
    const walls = wallsOf(root, coverOf(root, 0.5, undefined))
    expect(() => checkRequired(['files', 'signals'], walls)).not.toThrow()
    expect(() => checkRequired(['network'], walls)).toThrow(
      /isolation\.sandbox\.require: 'network' holds in part only here.*Node\.js 25 or newer/,
    )
    const none = wallsOf(bare, coverOf(bare, 0.5, undefined))
    expect(() => checkRequired(['signals'], none)).toThrow(/'signals' cannot be held here: it takes root/)
  })
})

describe('the command', () => {
  const words = (means: Means) =>
    commandOf(means, coverOf(means, 0.5, undefined), { descriptors: 100 }, ['node', 'x.js'])

  test('as root: leashed, in namespaces of its own, with few descriptors and no rights', () => {
    expect(words(root).join(' ')).toBe(
      `/setpriv --pdeathsig KILL /unshare --pid --net --ipc --fork --kill-child /nice -n 10 /prlimit --nofile=100 --core=0 --fsize=0 --nproc=64 /setpriv --reuid ${uid} --regid ${uid} --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all --pdeathsig KILL node x.js`,
    )
  })

  test('as anybody: in a user namespace, and processes are not counted, which would count the user’s', () => {
    expect(words(unprivileged).join(' ')).toBe(
      '/setpriv --pdeathsig KILL /unshare --user --pid --net --ipc --fork --kill-child /nice -n 10 /prlimit --nofile=100 --core=0 --fsize=0 /setpriv --no-new-privs --pdeathsig KILL node x.js',
    )
  })

  test('with nothing at hand: Node.js alone', () => {
    expect(words(bare)).toEqual(['node', 'x.js'])
  })

  test('of the program’s own options for Node.js only those go along that say how packages are found', () => {
    const inherited = ['--require', 'x', '-C', 'development', '--conditions=a', '--inspect', '--allow-net']
    const options = nodeOptionsOf(['/a', '/b'], { heapMb: 64, stackMb: 2 }, inherited)
    expect(options.slice(0, 6)).toEqual(['-C', 'development', '--conditions=a', '--permission', '--allow-fs-read=/a', '--allow-fs-read=/b']) // prettier-ignore
    expect(options).toContain('--max-old-space-size=64')
    expect(options.filter((option) => option.startsWith('--allow')).every((option) => option.startsWith('--allow-fs-read='))).toBe(true) // prettier-ignore
  })
})
