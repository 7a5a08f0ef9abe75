import type { NodeId } from '../actor/pid.ts'

const LESS = 60
const DOT = 46
const GREATER = 62
const HASH = 35
const ZERO = 48
const digitsMax = 16

/** How the right to reply begins in encoded bytes: the annotation of a `From`, and its array of two. */
const replyRight = [0xd6, 0x69, 0x80, 0x00, 0x00, 0x21, 0x92]

/**
 * Finds the pids of a system that stand anywhere in encoded bytes, without decoding them: a pid is a string, so whoever reads it there has it. `answers` is the
 * ref of a call that may be answered with it, where the pid is part of a `From`; `alias` is the ref of an alias, whose text holds the pid.
 */
export function findPids(
  bytes: Uint8Array,
  start: number,
  end: number,
  system: string,
  found: (node: NodeId, serial: number, answers: number | undefined, alias: number | undefined) => void,
): void {
  const body = bytes.subarray(start, end)
  for (let at = body.indexOf(LESS); at >= 0; at = body.indexOf(LESS, at + 1)) {
    const behind = at + 1 + system.length
    if (body[behind] !== DOT || !standsAt(body, at + 1, system)) continue
    const node = digitsAt(body, behind + 1)
    if (node === undefined || body[node.end] !== DOT) continue
    const serial = digitsAt(body, node.end + 1)
    if (serial === undefined) continue
    if (body[serial.end] === GREATER) {
      found(node.value, serial.value, hasReplyRight(body, at) ? uintAt(body, serial.end + 1) : undefined, undefined)
    } else if (body[serial.end] === HASH) {
      const alias = digitsAt(body, serial.end + 1)
      if (alias !== undefined && body[alias.end] === GREATER) found(node.value, serial.value, undefined, alias.value)
    }
  }
}

function standsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

function digitsAt(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  let stop = at
  for (; stop - at < digitsMax; stop++) {
    const digit = (bytes[stop] as number) - ZERO
    if (!(digit >= 0 && digit <= 9)) break
    value = value * 10 + digit
  }
  return stop === at || !Number.isSafeInteger(value) ? undefined : { value, end: stop }
}

/** The head of the string before the pid takes one byte or two. */
function hasReplyRight(bytes: Uint8Array, at: number): boolean {
  return [at - 1, at - 2].some((headAt) =>
    replyRight.every((byte, i) => bytes[headAt - replyRight.length + i] === byte),
  )
}

function uintAt(bytes: Uint8Array, at: number): number | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return first
  const length = first === 0xcc ? 1 : first === 0xcd ? 2 : first === 0xce ? 4 : first === 0xcf ? 8 : 0
  if (length === 0 || at + length >= bytes.length) return undefined
  let value = 0
  for (let i = 1; i <= length; i++) value = value * 256 + (bytes[at + i] as number)
  return Number.isSafeInteger(value) ? value : undefined
}
