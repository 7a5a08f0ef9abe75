import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepReadingAfterFailedWrite } from '@bulkhead/transport-process'

export interface SandboxProcess {
  readonly child: ChildProcess
  /** Its one connection. */
  readonly control: Socket
  readonly stdout: Socket
  readonly stderr: Socket
  /** Takes the folder away in which it stands; whoever stands there does not mind. */
  readonly removeFolder: () => void
}

const prefix = 'bulkhead-sandbox-'

/** Whether this program has looked for what others have left. */
let isTidy = false

/** Milliseconds after which an empty folder was left behind by a program that was killed while it started a sandbox. */
const staleMs = 60_000

/** Starts a sandbox: leader of a process group, in an empty folder, with one socket as descriptor 3 and nothing else that it inherits but its output. */
export function startSandbox(command: readonly string[], env: NodeJS.ProcessEnv): SandboxProcess {
  if (!isTidy) removeStale()
  isTidy = true
  const folder = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(folder, 0o555)
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const [, stdout, stderr, control] = (child.stdio ?? []) as unknown as (Socket | null | undefined)[]
  const none = (): Socket => new Socket().destroy()
  const sockets = { control: control ?? none(), stdout: stdout ?? none(), stderr: stderr ?? none() }
  // A broken pipe at its end is told by its `exit`.
  for (const socket of Object.values(sockets)) socket.on('error', () => {})
  keepReadingAfterFailedWrite(sockets.control)
  return { child, ...sockets, removeFolder: () => remove(folder) }
}

function remove(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // it is gone
  }
}

/** Only what is empty can be removed so. */
function removeStale(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const folder = join(tmpdir(), name)
    try {
      if (Date.now() - statSync(folder).mtimeMs > staleMs) remove(folder)
    } catch {
      // it is gone
    }
  }
}
