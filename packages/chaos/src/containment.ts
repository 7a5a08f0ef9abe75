import type { Fault, FaultKind } from './fault.ts'
import type { Place } from './place.ts'

type Rule = (place: Place, fault: Fault) => string | undefined

const anywhere: Rule = () => undefined

const offTheRoot: Rule = ({ onRoot }) =>
  onRoot ? 'it lives on the root, and what ends the root ends the program' : undefined

/** Somebody has to find it stuck. */
const limited: Rule = ({ onRoot, limits }) => {
  if (onRoot) return 'it lives on the root, which nobody ends when it is stuck but a guardian above the program'
  return limits.handlerMs === Infinity ? 'its limits.handlerMs is Infinity, so it may be stuck for ever' : undefined
}

const walled: Rule = ({ inRootProcess }) =>
  inRootProcess ? 'it lives in the OS process of the root, which would end' : undefined

const connected: Rule = ({ onRoot }, { peer }) =>
  onRoot && peer === undefined ? 'it lives on the root itself, so no frames go between them' : undefined

const RULES: Readonly<Record<FaultKind, Rule>> = {
  throw: anywhere,
  reject: anywhere,
  timer: anywhere,
  kill: anywhere,
  slow: anywhere,
  loop: limited,
  microtasks: limited,
  native: limited,
  exit: offTheRoot,
  exit_in_exit: offTheRoot,
  heap: (place) =>
    place.kind !== 'process'
      ? 'only an OS process contains memory exhaustion: V8 may abort the whole one that a thread is in'
      : place.limits.heapMb === undefined
        ? 'it has no limits.heapMb, so it would take what the machine has'
        : undefined,
  buffer: (place) =>
    place.kind !== 'process'
      ? 'only an OS process contains memory exhaustion'
      : place.limits.rssMb === undefined
        ? "it has no limits.rssMb, so it would take what the machine has: Buffers are not on V8's heap"
        : undefined,
  SIGSEGV: walled,
  SIGABRT: walled,
  SIGKILL: walled,
  SIGSTOP: (place, fault) => walled(place, fault) ?? limited(place, fault),
  SIGCONT: walled,
  cut: connected,
  delay: connected,
}

/** What comes from outside, and needs nobody inside who brings it about. */
const fromOutside: readonly FaultKind[] = ['kill', 'SIGKILL']

/** Why a fault must not be injected there, since more would end than the actor and its node, or cannot be; undefined: it may. Pure. */
export function whyNot(fault: Fault, place: Place): string | undefined {
  if (place.isTop) return "the top supervisor's end is the end of the system"
  if (place.isSandboxed === true && !fromOutside.includes(fault.kind))
    return 'it is in a sandbox, which runs nothing for others and has one connection, to the warden'
  return RULES[fault.kind](place, fault)
}
