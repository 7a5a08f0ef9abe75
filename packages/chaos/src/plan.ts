import { casualtiesOf } from './casualties.ts'
import { whyNot } from './containment.ts'
import type { CheckedFault, Fault, FaultKind } from './fault.ts'
import type { Candidate } from './place.ts'
import { randomFrom } from './random.ts'
import type { Random } from './random.ts'
import { absolute, isMeant } from './target.ts'
import type { TargetSpec } from './target.ts'

/** One fault that is to be injected. */
export interface Injection {
  /** Its number in the plan, from 1. */
  readonly n: number
  /** When it is due, in milliseconds from the start of the run. One that is still being recovered from delays the next. */
  readonly atMs: number
  readonly fault: Fault
  /** The path of the actor that it hits. */
  readonly target: string
  /** On what kind of node that actor lives when the plan is made. */
  readonly placement: 'inline' | 'thread' | 'process'
}

/** A fault that is not injected into a target, and why. */
export interface Skipped {
  readonly kind: FaultKind
  readonly target: string
  readonly why: string
}

export interface Plan {
  readonly injections: readonly Injection[]
  readonly skipped: readonly Skipped[]
}

export interface PlanOptions {
  readonly faults: readonly CheckedFault[]
  readonly targets: readonly TargetSpec[]
  /** Who must not go down, neither as a target nor along with one. */
  readonly sparing: readonly TargetSpec[]
  /** Milliseconds that the run lasts. */
  readonly forMs: number
  /** The average time from one injection to the next, unless that is too long for each fault to come once. */
  readonly everyMs: number
  /** Milliseconds at the beginning and at the end without an injection. */
  readonly warmUpMs: number
  readonly coolDownMs: number
}

interface Card {
  readonly fault: Fault
  readonly among: readonly Candidate[]
}

/**
 * Which fault hits whom, and when: each fault once, in an order drawn from the seed, and then again, as often as the time allows. Targets that
 * could not contain a fault are left out, with the reason. Pure: the same options, seed and actors give the same plan.
 */
export function planOf(options: PlanOptions, seed: number, actors: readonly Candidate[]): Plan {
  const random = randomFrom(seed)
  const skipped: Skipped[] = []
  const deck = options.faults
    .map((fault) => cardOf(fault, options, actors, skipped))
    .filter(({ among }) => among.length > 0)
  if (deck.length === 0) return { injections: [], skipped }
  const windowMs = Math.max(0, options.forMs - options.warmUpMs - options.coolDownMs)
  const count = Math.max(deck.length, Math.floor(windowMs / options.everyMs))
  const cards: Card[] = []
  while (cards.length < count) cards.push(...random.shuffled(deck))
  const injections = cards.slice(0, count).map(({ fault, among }, i) => {
    const { path, place } = random.pick(among)
    const atMs = dueMs(i, windowMs / count, options.warmUpMs, random)
    return { n: i + 1, atMs, fault, target: path, placement: place.kind }
  })
  return { injections, skipped }
}

function cardOf(
  { fault, targets }: CheckedFault,
  options: PlanOptions,
  actors: readonly Candidate[],
  skipped: Skipped[],
): Card {
  const among: Candidate[] = []
  for (const actor of actors) {
    if (!isMeant(actor, targets ?? options.targets)) continue
    const why = objectionTo(fault, actor, actors, options.sparing)
    if (why === undefined) among.push(actor)
    else skipped.push({ kind: fault.kind, target: actor.path, why })
  }
  return { fault, among }
}

/** Why a fault must not be injected into this actor, by where it lives and by who would go down with it; undefined: it may. */
export function objectionTo(
  fault: Fault,
  target: Candidate,
  actors: readonly Candidate[],
  sparing: readonly TargetSpec[],
): string | undefined {
  return whyNot(fault, target.place) ?? whyTogether(fault, target, actors) ?? whySpared(fault, target, actors, sparing)
}

/** Frames go between two nodes only. */
function whyTogether({ peer }: Fault, target: Candidate, actors: readonly Candidate[]): string | undefined {
  if (peer === undefined) return undefined
  const other = actors.find(({ path }) => path === absolute(peer))
  if (other === undefined) return `there is no actor at ${peer} to be at odds with`
  return other.node === target.node ? `it shares the node of ${peer}, so no frames go between them` : undefined
}

function whySpared(
  fault: Fault,
  target: Candidate,
  actors: readonly Candidate[],
  sparing: readonly TargetSpec[],
): string | undefined {
  if (sparing.length === 0) return undefined
  const spared = casualtiesOf(fault, target, actors).find((each) => isMeant(each, sparing))
  if (spared === undefined) return undefined
  return spared === target ? 'it is to be spared' : `${spared.path} is to be spared, and would go down with it`
}

/** Somewhere in the first half of its share of the time: no rhythm, and no two at once. */
function dueMs(i: number, shareMs: number, warmUpMs: number, random: Random): number {
  return Math.round(warmUpMs + (i + random.next() / 2) * shareMs)
}
