import { lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** One running system that can be inspected. */
export interface InspectableSystem {
  readonly name: string
  /** The OS process of its root. */
  readonly pid: number
  /** The system's id. */
  readonly system: string
  /** The Unix socket at which its warden answers. */
  readonly socket: string
}

/** As it was when the program began: a program that gives itself a temporary folder of its own is found all the same. */
const temporaryFolder = tmpdir()

/** A user without an entry in the system's list of users, as in many containers, has a number all the same. */
const ownUid = (): number => process.getuid?.() ?? userInfo().uid

/** Where the sockets of this user's systems are: in the session's runtime folder, or in one of the user's own in the temporary folder. */
export function runtimeFolder(): string {
  const { XDG_RUNTIME_DIR: session } = process.env
  return session === undefined || session === ''
    ? join(temporaryFolder, `bulkhead-${ownUid()}`)
    : join(session, 'bulkhead')
}

/** Makes the folder if need be. Throws when it is not this user's alone: whoever can write there could answer in a system's place. */
export function openRuntimeFolder(folder = runtimeFolder()): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { mode, uid } = lstatSync(folder)
  const isPrivate = (mode & 0o170000) === 0o040000 && (mode & 0o077) === 0 && uid === ownUid()
  if (!isPrivate) throw new Error(`${folder} is not a folder that belongs to this user alone (mode 0700)`)
  return folder
}

/** The socket of a system of this OS process. Throws when its path is longer than a socket's path may be. */
export function socketOf(folder: string, name: string, system: string): string {
  const path = join(folder, `${name}.${process.pid}.${system}.sock`)
  if (Buffer.byteLength(path) > pathMax) throw new Error(`${path} is too long for the path of a socket`)
  return path
}

/** The systems of this user that run; what one that was killed has left behind is removed. */
export function findSystems(folder = runtimeFolder()): InspectableSystem[] {
  return entriesOf(folder).filter(({ pid, socket }) => {
    if (isRunning(pid)) return true
    remove(socket)
    return false
  })
}

const pathMax = 103

function entriesOf(folder: string): InspectableSystem[] {
  try {
    return readdirSync(folder).flatMap((entry) => {
      const [, name, pid, system] = /^(.+)\.(\d+)\.([\w-]+)\.sock$/.exec(entry) ?? []
      if (name === undefined || system === undefined) return []
      return [{ name, pid: Number(pid), system, socket: join(folder, entry) }]
    })
  } catch {
    return []
  }
}

/** Removes a socket, if it is there. */
export function remove(socket: string): void {
  try {
    unlinkSync(socket)
  } catch {
    // gone already
  }
}

/** Removes the socket of a system that ends, and the folder when it was the last in it. */
export function giveUpSocket(socket: string): void {
  remove(socket)
  try {
    rmdirSync(dirname(socket))
  } catch {
    // others are in it, or gone already
  }
}

/** Removes the sockets of an OS process that was killed, and the folder when they were the last in it. */
export function giveUpSocketsOf(pid: number, folder = runtimeFolder()): void {
  for (const { socket } of entriesOf(folder).filter((entry) => entry.pid === pid)) giveUpSocket(socket)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
