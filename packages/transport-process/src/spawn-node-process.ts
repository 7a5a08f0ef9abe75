import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface NodeProcessOptions {
  /** The module that the process runs. */
  readonly entry: string | URL
  /** Further arguments for the entry. Default none. */
  readonly args?: readonly string[]
  /** The whole environment. Default that of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** Options for Node.js itself. Default none: nothing is inherited. */
  readonly execArgv?: readonly string[]
  /** The node executable. Default the one that runs this process. */
  readonly execPath?: string
  /** Whether the process and its sockets keep this one alive. Default false. */
  readonly ref?: boolean
}

export interface NodeProcess {
  /** Emits `error` if it could not be started, else `exit`. */
  readonly child: ChildProcess
  /** Descriptor 3 of the process. */
  readonly control: Socket
  /** Descriptor 4 of the process. */
  readonly watch: Socket
  readonly stdout: Socket
  readonly stderr: Socket
}

/**
 * Starts an OS process that can host nodes: leader of a process group of its own, without standard input and without Node.js's IPC
 * channel, with two inherited sockets that `controlSocket` and `watchSocket` open there.
 */
export function spawnNodeProcess(options: NodeProcessOptions): NodeProcess {
  const { entry, args = [], env = process.env, execArgv = [], execPath = process.execPath, ref = false } = options
  const file = entry instanceof URL || entry.startsWith('file:') ? fileURLToPath(entry) : entry
  const { spawn } = process.getBuiltinModule('node:child_process') // only who starts processes loads it
  const child = spawn(execPath, [...execArgv, file, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const [, stdout, stderr, control, watch] = (child.stdio ?? []) as unknown as [null, Socket, Socket, Socket, Socket]
  // Without descriptors or memory for it there is a child that never was: its `error` comes, and it has no sockets.
  if (control === undefined || watch === undefined) return neverWas(child)
  // A broken pipe at the process's end is told by its `exit`.
  for (const socket of [stdout, stderr, control, watch]) socket.on('error', () => {})
  if (!ref) {
    child.unref()
    for (const socket of [stdout, stderr, control, watch]) socket.unref()
  }
  return { child, control, watch, stdout, stderr }
}

/** Sockets that end at once, for a process that could not be started. */
function neverWas(child: ChildProcess): NodeProcess {
  const none = (): Socket => new Socket().destroy()
  return { child, control: none(), watch: none(), stdout: none(), stderr: none() }
}
