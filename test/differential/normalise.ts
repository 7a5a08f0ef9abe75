import { CallFailed, isPid, StartFailed } from '@bulkhead/core'
import { ChildError } from '@bulkhead/supervisor'
import type { Event, Observation, Supervised, Value } from './observation.ts'

/*
 * The one normalisation. Both sides say what they saw in these forms:
 *
 *   Erlang                                 Bulkhead                                  here
 *   atom                                   string                                    string
 *   pid                                    pid                                       what the observer calls it, such as `top.a#2`
 *   undefined, ok                          undefined                                 'undefined' for a pid, 'ok' for an answer
 *   {shutdown, T}                          { shutdown: T }                           { shutdown: T }
 *   {failed_to_start_child, Id, R}         { failed_to_start_child: id, reason: R }  the same as Bulkhead's
 *   {already_started, Pid}                 { already_started: pid }                  { already_started: label }
 *   {Reason, Stack}, of an exception       an Error                                  { crash: reason or message }
 *   {ok, X}                                the value that a call resolves with       { ok: X }
 *   {error, R} of a supervisor             ChildError or StartFailed                 { error: R }, R its code or reason
 *   {error, {R, Child}} of start_child     StartFailed                               { error: R }: the repeated spec is dropped
 *   exit of gen_server:call                CallFailed                                { exit: R }
 *   {Id, Pid, Type, Modules}               ChildInfo                                 { id, pid, type }
 *   proplist of count_children             ChildCounts                               { specs, active, supervisors, workers }
 */

/** What differ.erl prints of a term. */
type Term =
  | string
  | number
  | readonly Term[]
  | { readonly tuple: readonly Term[] }
  | { readonly pairs: readonly Term[] }

const isTuple = (term: Term | undefined): term is { readonly tuple: readonly Term[] } =>
  typeof term === 'object' && 'tuple' in term
const isMap = (term: Term): term is { readonly pairs: readonly (readonly [string, Term])[] } =>
  typeof term === 'object' && 'pairs' in term

/** The observations of differ_script.erl. */
export function normaliseErlang(observed: unknown): Observation[] {
  return (observed as { tuple: [Term, Term, Term[], Term[], Term[], number] }[]).map(({ tuple }) => {
    const [began, result, events, tree, ended, at] = tuple
    return {
      began: ofTerm(began),
      result: ofTerm(result),
      events: events.map(eventOf),
      tree: tree.map(supervisedOf),
      ended: ended.map(ofTerm),
      at,
    }
  })
}

function eventOf(term: Term): Event {
  const [what, who, reason] = (term as { tuple: [Event['what'], string, Term?] }).tuple
  if (what === 'start' || what === 'stopped') return { what, who }
  return { what, who, reason: ofTerm(reason!) }
}

function supervisedOf(term: Term): Supervised {
  const [who, children, counts] = (term as { tuple: [string, Term, Term] }).tuple
  return { who, children: ofTerm(children), counts: ofTerm(counts) }
}

function ofTerm(term: Term): Value {
  if (isMap(term)) return Object.fromEntries(term.pairs.map(([key, value]) => [key, ofTerm(value)]))
  if (isTuple(term)) return ofTuple(term.tuple)
  if (typeof term !== 'object') return term === 'true' ? true : term === 'false' ? false : term
  const terms = term as readonly Term[]
  if (terms.length > 0 && terms.every(isCount)) {
    return Object.fromEntries(terms.map((each) => (each as { tuple: [string, number] }).tuple))
  }
  const children = terms.filter((each) => isTuple(each) && each.tuple.length === 4)
  if (terms.length > 0 && children.length === terms.length) return inOrder(terms.map(ofTerm))
  return terms.map(ofTerm)
}

const isCount = (term: Term): boolean =>
  isTuple(term) && term.tuple.length === 2 && typeof term.tuple[1] === 'number' && typeof term.tuple[0] === 'string'

function ofTuple([first, second, third, ...more]: readonly Term[]): Value {
  if (more.length === 1) return { id: ofTerm(first!), pid: ofTerm(second!), type: ofTerm(third!) }
  if (first === 'failed_to_start_child') return { failed_to_start_child: ofTerm(second!), reason: ofTerm(third!) }
  if (first === 'error' && isTuple(second) && isTuple(second.tuple[1]) && second.tuple[1].tuple[0] === 'child')
    return { error: ofTerm(second.tuple[0]!) }
  if (typeof first === 'string' && ['ok', 'error', 'exit', 'shutdown', 'already_started'].includes(first))
    return { [first]: ofTerm(second!) }
  if (Array.isArray(second) && second.every(isFrame)) return { crash: ofTerm(first!) }
  return [first, second, third].filter((each) => each !== undefined).map(ofTerm)
}

/** Of a stack: `{Module, Function, Arity, Location}`. */
const isFrame = (term: Term): boolean => isTuple(term) && term.tuple.length === 4

/** Children of a dynamic supervisor stand in no order. */
function inOrder(children: readonly Value[]): Value {
  const isDynamic = children.every((each) => (each as { id: Value }).id === 'undefined')
  return isDynamic ? children.toSorted((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1)) : children
}

const nameIn = (child: Value): string => JSON.stringify((child as { pid: Value }).pid)

/** Puts what Bulkhead says into the same forms; `labelOf` says what the observer calls an actor. */
export class Normaliser {
  readonly #labelOf: (pid: string) => string

  constructor(labelOf: (pid: string) => string) {
    this.#labelOf = labelOf
  }

  reason(value: unknown): Value {
    if (isPid(value)) return this.#labelOf(value)
    if (value instanceof ChildError || value instanceof StartFailed || value instanceof CallFailed)
      throw new Error(`a reason is ${String(value)}`)
    if (value instanceof Error) return { crash: value.message }
    if (value === undefined) return 'undefined'
    if (typeof value !== 'object' || value === null) return value as Value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.reason(each)]))
  }

  /** How a call to a supervisor ended that failed. */
  failure(error: unknown): Value {
    if (error instanceof ChildError) {
      return { error: error.code === 'already_started' ? { already_started: this.reason(error.pid) } : error.code }
    }
    if (error instanceof StartFailed) return { error: this.reason(error.reason) }
    if (error instanceof CallFailed) return { exit: this.reason(error.reason) }
    throw error
  }

  started(pid: string | undefined): Value {
    return { ok: this.reason(pid) }
  }

  children(
    children: readonly {
      readonly id: string | undefined
      readonly pid: string | undefined
      readonly status: string
      readonly type: string
    }[],
  ): Value {
    return inOrder(
      children.map(({ id, pid, status, type }) => ({
        id: id ?? 'undefined',
        pid: status === 'restarting' ? status : this.reason(pid),
        type,
      })),
    )
  }
}
