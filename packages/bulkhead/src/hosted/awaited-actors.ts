import type { Pid, Telemetry } from '@bulkhead/core'

/** Tells the warden which actors live here whose replacements are to wait for the end of this node if it is fenced: then it cannot be asked. */
export function awaitedActors(say: (news: { readonly path: string; readonly lives: boolean }) => void): Telemetry {
  const awaited = new Map<Pid, string>()
  return {
    spawned: ({ pid, path, placement }) => {
      if (placement?.afterFence !== 'wait' || path === undefined) return
      awaited.set(pid, path)
      say({ path, lives: true })
    },
    exited: ({ pid }) => {
      const path = awaited.get(pid)
      if (path === undefined) return
      awaited.delete(pid)
      say({ path, lives: false })
    },
  }
}
