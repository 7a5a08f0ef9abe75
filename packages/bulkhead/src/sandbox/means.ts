import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What this machine and this user can do for a sandbox. */
export interface Means {
  readonly platform: string
  /** Major version of the Node.js that runs sandboxes. */
  readonly nodeMajor: number
  readonly isRoot: boolean
  /** Paths of the programs of util-linux that work here; undefined where they are missing or may not do their work. */
  readonly setpriv: string | undefined
  readonly prlimit: string | undefined
  readonly nice: string | undefined
  /** `unshare`, with namespaces for processes, network and IPC. */
  readonly namespaces: string | undefined
  /** The same within a namespace for users. */
  readonly userNamespaces: string | undefined
  /** User ids that nobody has and under which an OS process can be started; undefined where there are none. */
  readonly uids: Uids | undefined
}

const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']

export interface Uids {
  readonly min: number
  readonly count: number
}

/** systemd gives the first to no user and to no container; the others, which are there in small containers too, only for a while. */
const nobodys: readonly Uids[] = [
  { min: 0x7000_0000, count: 0x0fff_ffff },
  { min: 61_184, count: 4_336 },
]

/** A user id of its own, so that no other sandbox can send it a signal. `random` is from 0 to 1. */
export function freshUid({ min, count }: Uids, random: number): number {
  return min + Math.floor(random * count)
}

let known: Means | undefined

/** Found out once for each OS process: what is there, by trying it. */
export function meansHere(): Means {
  return (known ??= findOut())
}

function findOut(): Means {
  const isLinux = process.platform === 'linux'
  const isRoot = process.geteuid?.() === 0
  const find = (name: string): string | undefined =>
    isLinux ? folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path)) : undefined
  const tried = (path: string | undefined, ...args: readonly string[]): string | undefined =>
    path !== undefined && succeeds(path, args) ? path : undefined
  const truth = find('true') ?? '/bin/true'
  const unshare = find('unshare')
  const setpriv = tried(find('setpriv'), ...leash, '--no-new-privs', truth)
  const canBe = ({ min }: Uids): boolean => tried(setpriv, ...privileges(String(min)), truth) !== undefined
  return {
    platform: process.platform,
    nodeMajor: Number(process.versions.node.split('.', 1)[0]),
    isRoot,
    setpriv,
    prlimit: tried(find('prlimit'), '--nofile=128', '--core=0', truth),
    nice: tried(find('nice'), '-n', '10', truth),
    namespaces: isRoot ? tried(unshare, ...namespaceFlags, truth) : undefined,
    userNamespaces: tried(unshare, '--user', ...namespaceFlags, truth),
    uids: isRoot ? nobodys.find(canBe) : undefined,
  }
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', env: {}, timeout: 10_000 }).status === 0
}

/** Whoever is started so ends with the thread that started it. */
export const leash: readonly string[] = ['--pdeathsig', 'KILL']

export const namespaceFlags: readonly string[] = ['--pid', '--net', '--ipc', '--fork', '--kill-child']

/** Options of `setpriv` that leave a user id and nothing else. */
export function privileges(uid: string): string[] {
  return [
    '--reuid',
    uid,
    '--regid',
    uid,
    '--clear-groups',
    '--no-new-privs',
    '--inh-caps=-all',
    '--bounding-set=-all',
    ...leash,
  ]
}
