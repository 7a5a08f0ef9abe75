import { type ChildSpec, type Script, specsByPath, type Step, type WorkerSpec } from './script.ts'
import { isFair } from './versions.ts'

/** Whether both sides still differ. */
export type Differs = (script: Script) => Promise<boolean>

/** What a worker of a minimal script has unless it must have something else. */
const plain: Partial<WorkerSpec> = {
  restart: 'permanent',
  shutdown: 60_000,
  significant: false,
  trap: true,
  onStop: 'obey',
}

function without(script: Script, from: number, count: number): Script {
  return { ...script, steps: script.steps.filter((_step, at) => at < from || at >= from + count) }
}

function withSpec(spec: ChildSpec, path: string, change: (spec: ChildSpec) => ChildSpec | undefined): ChildSpec {
  if (spec.kind !== 'supervisor') return spec
  const children = spec.children.flatMap((each) => {
    const changed = each.path === path ? change(each) : withSpec(each, path, change)
    return changed === undefined ? [] : [changed]
  })
  return { ...spec, children }
}

const changed = (script: Script, path: string, change: (spec: ChildSpec) => ChildSpec | undefined): Script => ({
  ...script,
  top: withSpec(script.top, path, change) as Script['top'],
})

const paths = ({ top }: Script): ChildSpec[] => [...specsByPath({ top, plans: [], steps: [] }).values()].slice(1)

/** Smaller scripts, the much smaller ones first. */
function* smaller(script: Script): Generator<Script> {
  for (let count = 16; count >= 1; count /= 2)
    for (let from = script.steps.length - 1; from >= 0; from -= count) yield without(script, from, count)
  for (const { path } of paths(script)) yield changed(script, path, () => undefined)
  if (script.plans.length > 0) yield { ...script, plans: [] }
  for (const [at, step] of script.steps.entries()) for (const less of lesser(step)) yield withStep(script, at, less)
}

function* lesser(step: Step): Generator<Step> {
  if (step.plans !== undefined && step.plans.length > 0) {
    yield { ...step, plans: [] }
    for (const { path, outcomes } of step.plans)
      if (outcomes.length > 1) yield { ...step, plans: [{ path, outcomes: outcomes.slice(1) }] }
  }
  if (step.do !== 'during') return
  yield { do: 'end', at: step.at, how: step.how, plans: step.plans ?? [] }
  for (const each of step.requests)
    if (step.requests.length > 1) yield { ...step, requests: step.requests.filter((request) => request !== each) }
}

const withStep = (script: Script, at: number, step: Step): Script => ({ ...script, steps: script.steps.with(at, step) })

/** Scripts of the same length in which less is out of the ordinary. */
function* plainer(script: Script): Generator<Script> {
  for (const spec of paths(script)) {
    if (spec.kind !== 'worker') continue
    for (const [field, value] of Object.entries(plain))
      if (spec[field as keyof WorkerSpec] !== value)
        yield changed(script, spec.path, (each) => ({ ...each, [field]: value }))
  }
}

/** Whether every release can run it. */
const isFairScript = (script: Script): boolean => {
  const specs = specsByPath(script)
  return script.steps.every((step, at) => isFair(specs, step, script.steps[at + 1]))
}

/** Drops steps, children and all that is out of the ordinary as long as both sides still differ. */
export async function shrink(script: Script, differs: Differs, mayGoOn: () => boolean = () => true): Promise<Script> {
  let smallest = script
  const takeFirst = async (candidates: Iterable<Script>): Promise<boolean> => {
    for (const each of candidates) {
      if (!mayGoOn()) return false
      if (!isFairScript(each) || !(await differs(each))) continue
      smallest = each
      return true
    }
    return false
  }
  while (await takeFirst(smaller(smallest)));
  while (await takeFirst(plainer(smallest)));
  return smallest
}
