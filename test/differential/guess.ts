import type { ChildSpec, DynamicSpec, SupervisorSpec, WorkerSpec } from './script.ts'

/** A child as the generator thinks that it is now. */
export interface Guessed {
  readonly spec: ChildSpec
  running: boolean
}

/**
 * What a tree probably looks like by now, so that steps have somebody to happen to. It knows who shares whose fate, and nothing of restart limits,
 * failing starts or automatic shutdown: it is no model of a supervisor, only good enough to aim with.
 */
export class Guess {
  readonly #top: SupervisorSpec | DynamicSpec
  /** In start order, by the path of their supervisor. */
  readonly #children = new Map<string, Guessed[]>()
  readonly #specs = new Map<string, SupervisorSpec | DynamicSpec>()

  constructor(top: SupervisorSpec | DynamicSpec) {
    this.#top = top
    this.restartTop()
  }

  restartTop(): void {
    this.#children.clear()
    this.#specs.clear()
    this.#begin(this.#top)
  }

  supervisors(): (SupervisorSpec | DynamicSpec)[] {
    return [...this.#specs.values()]
  }

  childrenOf(path: string): readonly Guessed[] {
    return this.#children.get(path) ?? []
  }

  add(supervisor: string, spec: ChildSpec): void {
    const siblings = this.#children.get(supervisor)
    if (!siblings) return
    siblings.push({ spec, running: true })
    if (spec.kind !== 'worker') this.#begin(spec)
  }

  /** It ended by itself, or was killed. */
  ended(supervisor: string, path: string, clean: boolean): void {
    const siblings = this.#children.get(supervisor)
    const child = siblings?.find(({ spec }) => spec.path === path)
    if (!siblings || !child) return
    const { restart } = child.spec
    if (restart === 'temporary' || (restart === 'transient' && clean)) {
      this.stopped(supervisor, path)
      return
    }
    const above = this.#specs.get(supervisor)!
    const strategy = above.kind === 'dynamic' ? 'one_for_one' : above.strategy
    const at = siblings.indexOf(child)
    const group = strategy === 'one_for_one' ? [child] : strategy === 'one_for_all' ? [...siblings] : siblings.slice(at)
    for (const each of group) {
      if (each !== child && each.spec.restart === 'temporary') this.stopped(supervisor, each.spec.path)
      else this.#restart(each)
    }
  }

  stopped(supervisor: string, path: string): void {
    const siblings = this.#children.get(supervisor) ?? []
    const child = siblings.find(({ spec }) => spec.path === path)
    if (!child) return
    child.running = false
    this.#forget(child.spec)
    if (child.spec.restart === 'temporary' || this.#specs.get(supervisor)?.kind === 'dynamic')
      this.deleted(supervisor, path)
  }

  restarted(supervisor: string, path: string): void {
    const child = this.#children.get(supervisor)?.find(({ spec }) => spec.path === path)
    if (child && !child.running) this.#restart(child)
  }

  deleted(supervisor: string, path: string): void {
    const siblings = this.#children.get(supervisor) ?? []
    this.#children.set(
      supervisor,
      siblings.filter(({ spec }) => spec.path !== path),
    )
  }

  #restart(child: Guessed): void {
    child.running = true
    if (child.spec.kind !== 'worker') this.#begin(child.spec)
  }

  #begin(spec: SupervisorSpec | DynamicSpec): void {
    this.#forget(spec)
    this.#specs.set(spec.path, spec)
    const children = spec.kind === 'dynamic' ? [] : spec.children
    this.#children.set(
      spec.path,
      children.map((each) => ({ spec: each, running: true })),
    )
    for (const each of children) if (each.kind !== 'worker') this.#begin(each)
  }

  #forget(spec: ChildSpec): void {
    if (spec.kind === 'worker') return
    for (const { spec: below } of this.childrenOf(spec.path)) this.#forget(below)
    this.#children.delete(spec.path)
    this.#specs.delete(spec.path)
  }
}

/** The child that a dynamic supervisor starts with that number. */
export function dynamicChild({ path, template }: DynamicSpec, number: number): WorkerSpec {
  return { ...template, id: String(number), path: `${path}.${number}` }
}
