declare const pidBrand: unique symbol

/**
 * The identity of one actor for the whole life of the system: a plain string, compared with `===`, usable as a Map key.
 *
 * It reads `<system.incarnation.serial>`. The incarnation names the node that hosts the actor and is never reused, so a pid never
 * comes to mean another actor. Purpose and meaning as Erlang's pid.
 */
export type Pid = string & { readonly [pidBrand]: true }

/** The number that the root gave to one life of one node. The root itself is 1. Never reused within a system. */
export type NodeId = number

/** The incarnation of the root node. */
export const ROOT: NodeId = 1

const DOT = 46
const CLOSE = 62
const ZERO = 48

/** The same in one piece. What `+` makes keeps its parts, and is twice as large as soon as somebody has looked at it: this is for what stays. */
export function makeLastingPid(prefix: string, serial: number): Pid {
  return [prefix, serial, '>'].join('') as Pid
}

export function makePid(prefix: string, serial: number): Pid {
  return (prefix + String(serial) + '>') as Pid
}

/** What all pids of one node begin with. */
export function pidPrefix(system: string, node: NodeId): string {
  return `<${system}.${node}.`
}

const PID = /^<[A-Za-z0-9_-]{1,64}\.[1-9][0-9]{0,15}\.(0|[1-9][0-9]{0,15})>$/

/** What was found to be a pid last: the same one is often looked at several times in a row. */
let seen: string | undefined

/** Whether a value has the form of a pid. It says nothing about the actor being alive. */
export function isPid(value: unknown): value is Pid {
  if (typeof value !== 'string') return false
  if (value === seen) return true
  if (value.charCodeAt(0) !== 60 || !PID.test(value)) return false
  seen = value
  return true
}

/** The serial at the end of a pid. */
export function serialOf(pid: Pid): number {
  let serial = 0
  let unit = 1
  for (let i = pid.length - 2; i > 0; i--) {
    const code = pid.charCodeAt(i)
    if (code === DOT) break
    serial += (code - ZERO) * unit
    unit *= 10
  }
  return pid.charCodeAt(pid.length - 1) === CLOSE ? serial : -1
}

/** The node that hosts, or hosted, this actor. */
export function nodeOf(pid: Pid): NodeId {
  const first = pid.indexOf('.')
  return Number(pid.slice(first + 1, pid.indexOf('.', first + 1)))
}

/** The system to which this actor belongs, or belonged. */
export function systemOf(pid: Pid): string {
  return pid.slice(1, pid.indexOf('.'))
}
