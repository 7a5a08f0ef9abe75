import type { Event, Observation, Supervised, Value } from './observation.ts'
import { type Outcomes, outcomesOf } from './outcomes.ts'
import { type ChildSpec, parentOf, pathOf, type Script, type Step } from './script.ts'

/*
 * What differs between the OTP that is installed and OTP 27, which is the reference, as far as scripts can see it:
 *
 *   before 27, a restart under simple_one_for_one that answers     the child is taken out of the lists and counts, as 27 drops it;
 *   `ignore` stays listed with the pid `undefined`, counts as      and no script has it unless the supervisor is killed next
 *   active, and makes the supervisor crash when it stops
 *
 *   before 26, the start of a child has failed before the child    its end gets the reason that it was about to have
 *   has ended, and the end of its supervisor may take it first
 *
 * What else differs does not show: the EXIT of a failed start that 25 leaves in the mailbox, which a supervisor ignores; the wrapping of
 * `{error, {already_started, Pid}}`, since no child has a name; the levels of reports; `{error, R}` of an init, which no worker returns.
 */

type Fields = Readonly<Record<string, Value>>

/** What OTP 27 would have shown where this release was observed. */
export function asOtp27(release: string, script: Script, observations: readonly Observation[]): Observation[] {
  const number = Number.parseInt(release, 10)
  if (number >= 27) return [...observations]
  const outcomes = number < 26 ? outcomesOf(script, observations) : new Map()
  return observations.map((observation, at) => withoutIgnored(script.steps[at], withOwnEnds(outcomes, observation)))
}

/** Whether every supported release can run the step when the given one comes next: see above. */
export function isFair(specs: ReadonlyMap<string, ChildSpec>, step: Step, next: Step | undefined): boolean {
  const above = step.plans?.find(({ outcomes }) => outcomes.includes('ignore'))?.path
  const supervisor = above === undefined ? undefined : parentOf(above)
  if (supervisor === undefined || specs.get(supervisor)?.kind !== 'dynamic') return true
  if (step.do === 'ask' && step.request.call === 'start_dynamic') return true
  return next?.do === 'signal' && next.at === supervisor && next.reason === 'kill'
}

const REASONS: Readonly<Record<string, Value>> = {
  stop: 'refused',
  clean: { shutdown: 'refused' },
  crash: { crash: 'crashed' },
}

function withOwnEnds(outcomes: Outcomes, observation: Observation): Observation {
  const ends = observation.events.flatMap((each) => (each.what === 'down' ? [each] : []))
  const events = observation.events.map((each): Event => {
    const own = REASONS[outcomes.get(each.who) ?? 'ok']
    if (each.what !== 'down' || own === undefined) return each
    const parent = parentOf(pathOf(each.who))
    const taken = ends.some(
      ({ who, reason }) => who.startsWith(`${parent}#`) && JSON.stringify(reason) === JSON.stringify(each.reason),
    )
    return taken ? { ...each, reason: own } : each
  })
  return { ...observation, events }
}

function withoutIgnored(step: Step | undefined, observation: Observation): Observation {
  const tree = observation.tree.map((supervised) => ({
    who: supervised.who,
    children: answered(supervised.children, undefined),
    counts: answered(supervised.counts, supervised),
  }))
  if (step?.do !== 'ask' && step?.do !== 'during') return { ...observation, tree }
  const asked = step.do === 'ask' ? observation.tree.find(({ who }) => who.startsWith(`${step.at}#`)) : undefined
  return { ...observation, tree, result: answered(observation.result, asked) }
}

/** An answer, or a list of answers, about this supervisor. */
function answered(answer: Value, asked: Supervised | undefined): Value {
  if (isList(answer)) return answer.filter((each) => !isIgnored(each)).map((each) => answered(each, undefined))
  if (!isFields(answer) || !('active' in answer)) return answer
  const ignored = isList(asked?.children) ? asked.children.filter(isIgnored).length : 0
  return {
    ...answer,
    active: (answer['active'] as number) - ignored,
    workers: (answer['workers'] as number) - ignored,
  }
}

const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)
const isFields = (value: Value): value is Fields => typeof value === 'object' && value !== null && !isList(value)
const isIgnored = (value: Value): boolean =>
  isFields(value) && value['id'] === 'undefined' && value['pid'] === 'undefined'
