import type { Confinement, SandboxWall, WallState } from '@bulkhead/core'
import { freshUid, leash, namespaceFlags, privileges } from './means.ts'
import type { Means } from './means.ts'

/** Under whom a sandbox runs, and what it sees of other OS processes. */
export interface Cover {
  readonly uid: number | undefined
  readonly namespaces: 'own' | 'user' | 'none'
  /** Why it has no user id of its own, where the program runs as root. */
  readonly because?: string
}

/**
 * As root a user id of its own, if that can read the code; otherwise a namespace for users. Namespaces for processes and the network wherever they can be had.
 * `unreadable` is code that another user cannot read, `random` a number from 0 to 1. Throws where root's own rights would be all that is left.
 */
export function coverOf(means: Means, random: number, unreadable: string | undefined): Cover {
  const uid = means.uids && freshUid(means.uids, random)
  if (uid !== undefined && unreadable === undefined)
    return { uid, namespaces: means.namespaces !== undefined ? 'own' : 'none' }
  const because =
    unreadable === undefined
      ? 'this root may not start anything under another user id'
      : `other users cannot read ${unreadable}`
  if (means.userNamespaces !== undefined && means.setpriv !== undefined)
    return { uid: undefined, namespaces: 'user', ...(means.isRoot && { because }) }
  if (means.isRoot)
    throw new Error(
      `trust: 'untrusted': as root a sandbox needs a user id of its own, but ${because}, and this machine gives it no user namespace: put the code where all users can read it, or run the program as another user`,
    )
  return { uid: undefined, namespaces: 'none' }
}

/** What each wall of a sandbox rests on here. Pure. */
export function wallsOf(means: Means, { uid, namespaces }: Cover): WallState[] {
  const model = 'the permission model of Node.js'
  const isLinux = means.platform === 'linux'
  const walled = namespaces !== 'none'
  const state = (wall: SandboxWall, holds: WallState['holds'], by: string): WallState => ({ wall, holds, by })
  return [
    state('files', 'yes', uid === undefined ? model : `${model}, and user id ${uid}, which owns nothing`),
    state('processes', 'yes', model),
    state('workers', 'yes', model),
    state('addons', 'yes', model),
    state('inspector', 'yes', model),
    means.nodeMajor >= 25
      ? state('network', 'yes', walled ? `${model}, and a network namespace` : model)
      : walled
        ? state(
            'network',
            'partly',
            'a network namespace; Unix sockets that are files can still be reached, which takes Node.js 25 or newer',
          )
        : state('network', 'no', 'it takes Node.js 25 or newer'),
    uid !== undefined
      ? state('signals', 'yes', `user id ${uid}${walled ? ', and a namespace for processes' : ''}`)
      : walled
        ? state('signals', 'yes', 'a namespace for processes')
        : state('signals', 'no', 'it takes root, or `unshare` and `setpriv` of util-linux with user namespaces'),
    isLinux
      ? state('memory', 'yes', "V8's heap limit, and resident memory as the warden samples it")
      : state('memory', 'partly', "V8's heap limit only: the warden sees resident memory on Linux"),
    means.prlimit !== undefined
      ? state('descriptors', 'yes', 'the limit of the operating system')
      : state('descriptors', 'no', 'it takes `prlimit` of util-linux'),
    means.setpriv !== undefined
      ? state('orphans', 'yes', 'the kernel ends it with its warden')
      : state(
          'orphans',
          'partly',
          'it ends when its socket closes, unless it is busy, which takes `setpriv` of util-linux',
        ),
  ]
}

/** Throws for a wall that is required and does not hold here. */
export function checkRequired(required: readonly SandboxWall[], walls: readonly WallState[]): void {
  for (const { wall, holds, by } of walls)
    if (holds !== 'yes' && required.includes(wall))
      throw new Error(
        `isolation.sandbox.require: '${wall}' ${holds === 'no' ? 'cannot be held' : 'holds in part only'} here: ${by}`,
      )
}

/** The command that starts a sandbox, as a list of words: each program runs the next one. Pure. */
export function commandOf(
  means: Means,
  { uid, namespaces }: Cover,
  { descriptors }: Pick<Confinement, 'descriptors'>,
  node: readonly string[],
): string[] {
  const { setpriv, prlimit, nice } = means
  const unshare = namespaces === 'own' ? means.namespaces : namespaces === 'user' ? means.userNamespaces : undefined
  const words: string[] = []
  if (setpriv !== undefined) words.push(setpriv, ...leash)
  if (unshare !== undefined) words.push(unshare, ...(namespaces === 'user' ? ['--user'] : []), ...namespaceFlags)
  if (nice !== undefined) words.push(nice, '-n', '10')
  if (prlimit !== undefined) {
    // Threads count as processes of their user, so only a user of its own can be given few.
    const processes = uid === undefined ? [] : ['--nproc=64']
    words.push(prlimit, `--nofile=${descriptors}`, '--core=0', '--fsize=0', ...processes)
  }
  if (setpriv !== undefined)
    words.push(setpriv, ...(uid === undefined ? ['--no-new-privs', ...leash] : privileges(String(uid))))
  return [...words, ...node]
}

/** Options of Node.js for a sandbox. */
export function nodeOptionsOf(
  read: readonly string[],
  { heapMb, stackMb }: { readonly heapMb?: number; readonly stackMb?: number },
  inherited: readonly string[],
): string[] {
  return [
    ...conditionsOf(inherited),
    '--permission',
    ...read.map((path) => `--allow-fs-read=${path}`),
    ...(process.allowedNodeEnvironmentFlags.has('--disable-sigusr1') ? ['--disable-sigusr1'] : []),
    ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]),
    ...(stackMb === undefined ? [] : [`--stack-size=${Math.floor(stackMb * 1_000)}`]),
  ]
}

/** How packages are found is part of what the code means; nothing else of the program's options is its business. */
function conditionsOf(words: readonly string[]): string[] {
  return words.flatMap((word, at) =>
    word.startsWith('--conditions=') ? [word] : /^(--conditions|-C)$/.test(word) ? [word, words[at + 1] ?? ''] : [],
  )
}
