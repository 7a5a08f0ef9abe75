import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'

/** Milliseconds for which output is waited for after an OS process has ended: a helper of its own can hold the pipes open. */
const lastWordsMs = 100

/** Ends an OS process that leads its group, and what it has started there. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL') // it is not the leader of its group yet
  }
}

/** Calls back once everything was read that an OS process which has ended had written to these sockets; they are closed then. */
export function whenHeardOut(sockets: readonly Socket[], then: () => void): void {
  const open = new Set(sockets)
  const conclude = (): void => {
    clearTimeout(patience)
    for (const socket of sockets) socket.destroy()
    then()
  }
  const patience = setTimeout(conclude, lastWordsMs)
  for (const socket of sockets) {
    const closed = (): void => {
      open.delete(socket)
      if (open.size === 0) conclude()
    }
    if (socket.closed || socket.readableEnded) closed()
    else socket.once('close', closed)
  }
}

/** Whether V8 gave up for want of memory. With the heap's limit Node.js says `FATAL ERROR`; V8 itself says `# Fatal`, of memory beside the heap too. */
export function isOutOfMemory(fatalLine: string | undefined): boolean {
  return (
    fatalLine !== undefined && /^(FATAL ERROR: .*(out of memory|heap limit)|# Fatal .*out of memory)/i.test(fatalLine)
  )
}
