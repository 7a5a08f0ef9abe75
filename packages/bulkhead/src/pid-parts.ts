import type { NodeId, Pid } from '@bulkhead/core'

/** The pid of the actor with this serial on that node. */
export function pidOf(system: string, node: NodeId, serial: number): Pid {
  return `<${system}.${node}.${serial}>` as Pid
}

/** The serial at the end of a pid. */
export function serialOf(pid: Pid): number {
  return Number(pid.slice(pid.lastIndexOf('.') + 1, -1))
}
