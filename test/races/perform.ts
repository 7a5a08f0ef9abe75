import { DefinedBehaviour } from '../../packages/core/src/actor/behaviour-table.ts'
import type { Behaviour } from '../../packages/core/src/actor/behaviour.ts'
import { nodeOf } from '../../packages/core/src/actor/pid.ts'
import type { Pid } from '../../packages/core/src/actor/pid.ts'
import type { ActorSelf, StartOptions } from '../../packages/core/src/actor/self.ts'
import { sys } from '../../packages/core/src/actor/sys.ts'
import { reply } from '../../packages/core/src/messaging/call.ts'
import type { Actor, Actors } from './actors.ts'
import { wordOf } from './actors.ts'
import type { Journal } from './journal.ts'
import type { Laws } from './laws.ts'
import type { ActorSpec, Operation, Program, Reason, Target } from './program.ts'
import { Looper, Puppet } from './puppets.ts'

type Op<K extends Operation['op']> = Extract<Operation, { op: K }>

export const lazyUrl = 'races:lazy'

/** What a program needs to run: what it may refer to, and who watches. */
export interface Scene {
  readonly program: Program
  readonly actors: Actors
  readonly laws: Laws
  readonly journal: Journal
}

/** Does what the scripts say, and tells the laws before it does. */
export class Performer {
  readonly #scene: Scene
  #unique = 0

  constructor(scene: Scene) {
    this.#scene = scene
  }

  perform(actor: Actor, operation: Operation): void {
    this.#scene.journal.count(`op ${operation.op}`)
    const self = actor.self as ActorSelf
    switch (operation.op) {
      case 'awaitNews':
        return
      case 'spawn':
        return this.#spawn(actor, self, operation)
      case 'send':
        return this.#send(actor, self, operation)
      case 'cast':
        return this.#cast(actor, self, operation)
      case 'busy':
        return this.#busy(actor, self, operation)
      case 'call':
        return this.#call(actor, self, operation)
      case 'request':
        return this.#request(actor, self, operation)
      case 'alias':
        return this.#alias(actor, self, operation)
      case 'answer':
        return this.#answer(actor)
      case 'handOver':
        return this.#handOver(actor, self, operation)
      case 'link':
      case 'unlink':
        return this.#link(actor, self, operation)
      case 'monitor':
        return this.#monitor(actor, self, operation)
      case 'demonitor':
        return this.#demonitor(actor, self, operation)
      case 'exit':
        return this.#exit(actor, self, operation)
      case 'trap':
        return this.#trap(actor, self, operation)
      case 'register':
        return this.#register(actor, self, operation)
      case 'unregister':
        return this.#unregister(actor, self, operation)
      case 'isAlive':
      case 'info':
        return this.#isAlive(actor, self, operation)
      case 'monitorNode':
        return this.#monitorNode(actor, self, operation)
      case 'sendAfter':
        return this.#sendAfter(actor, self, operation)
      case 'startTimer':
        return this.#startTimer(actor, self, operation)
      case 'cancelTimer':
        return this.#cancelTimer(actor, self, operation)
      case 'drained':
        return this.#drained(actor, self, operation)
      case 'end':
        return this.#end(actor, self, operation)
    }
  }

  /** The actor behind a target, and how to address it. */
  #resolve(self: ActorSelf, target: Target): { readonly to: Pid | string; readonly actor: Actor | undefined } {
    const { actors } = this.#scene
    if (typeof target === 'number') {
      const actor = actors.at(target) as Actor
      return { to: actor.pid, actor }
    }
    const pid = self.whereis(target)
    return { to: target, actor: pid === undefined ? undefined : actors.of(pid) }
  }

  #reason(reason: Reason): unknown {
    switch (reason) {
      case 'unique':
        return { exit: ++this.#unique }
      case 'clean':
        return { shutdown: ++this.#unique }
      case 'error':
        return new Error(`exit ${++this.#unique}`)
      default:
        return reason
    }
  }

  #behaviour({ kind, load, index }: ActorSpec): Behaviour<readonly [number]> {
    const known = (kind === 'server' ? Puppet : Looper) as Behaviour<readonly [number]>
    if (load === 'there') return known
    const key = `${lazyUrl}#${kind}-${load}-${index}`
    return new DefinedBehaviour({ key, url: lazyUrl, name: 'Lazy', type: 'worker' })
  }

  #spawn(actor: Actor, self: ActorSelf, { child }: Op<'spawn'>): void {
    const { laws, program, journal } = this.#scene
    const spec = program.actors[child] as ActorSpec
    const { link, monitor, name, startWithinMs, bound, overflow, place } = spec
    const options: StartOptions & { link: boolean; monitor: boolean } = {
      id: `actor-${child}`,
      link,
      monitor,
      isolation: place === 'inline' ? 'inline' : { compartment: String(place) },
      ...(name !== undefined && { name }),
      ...(startWithinMs > 0 && { timeoutMs: startWithinMs }),
      ...(bound > 0 && { mailbox: { count: bound, overflow } }),
    }
    laws.starts.begins(actor, spec)
    self.tryStart(this.#behaviour(spec), [child], options).then(
      (outcome) => {
        journal.note(
          () =>
            `  ${actor.label} started actor ${child}: ${'reason' in outcome ? wordOf(outcome.reason) : outcome.kind}`,
        )
        laws.startSettled(actor, spec, outcome)
      },
      (error: unknown) => journal.broken('start', `the start of actor ${child} threw ${wordOf(error)}`),
    )
  }

  #send(actor: Actor, self: ActorSelf, { to: target, count }: Op<'send'>): void {
    // A letter to itself can be the one that ends an actor: its mailbox is full.
    for (let i = 0; i < count && actor.end === undefined; i++) {
      const { to, actor: receiver } = this.#resolve(self, target)
      const number = receiver === undefined ? 0 : this.#scene.laws.order.sends(actor, receiver, 'letter')
      self.send(to, i === 0 ? { from: actor.pid, number } : { number, from: actor.pid, i })
    }
  }

  #cast(actor: Actor, self: ActorSelf, { to: target }: Op<'cast'>): void {
    const { to, actor: receiver } = this.#resolve(self, target)
    const number = receiver === undefined ? 0 : this.#scene.laws.order.sends(actor, receiver, 'letter')
    const letter = { from: actor.pid, number }
    if (typeof target === 'string') self.named(Puppet, target).cast.note(letter)
    else self.ref(Puppet, to as Pid).cast.note(letter)
  }

  #busy(actor: Actor, self: ActorSelf, { ms }: Op<'busy'>): void {
    if (actor.spec.kind === 'server') self.ref(Puppet, actor.pid).cast.busy(ms)
  }

  #call(actor: Actor, self: ActorSelf, { to: target, mode, timeoutMs }: Op<'call'>): void {
    const { laws, journal } = this.#scene
    const { to, actor: callee } = this.#resolve(self, target)
    const isSent = callee !== undefined && callee !== actor
    const isSilent = mode === 'typo' || mode === 'system'
    const number = isSent ? laws.order.sends(actor, callee, isSilent ? 'silent' : 'letter') : 0
    const call = laws.calls.begins(actor, callee?.pid, mode, timeoutMs)
    journal.note(() => `  call ${call.id}`)
    const ref = typeof target === 'string' ? self.named(Puppet, target) : self.ref(Puppet, to as Pid)
    const methods = ref.within(timeoutMs).call as Record<string, (...args: unknown[]) => Promise<unknown>>
    const method = methods[mode === 'typo' ? 'aks' : 'ask'] as (...args: unknown[]) => Promise<unknown>
    const asked =
      mode === 'system'
        ? sys.getStatus(ref.within(timeoutMs)).then(({ pid }) => ({ call: call.id, by: pid }))
        : method({ from: actor.pid, number }, mode, call.id)
    asked.then(
      (value) => {
        journal.note(`  call ${call.id} replied`)
        laws.calls.replied(call, value)
      },
      (error: unknown) => {
        journal.note(() => `  call ${call.id} failed: ${wordOf(error)}`)
        laws.calls.failed(call, error)
      },
    )
  }

  #request(actor: Actor, self: ActorSelf, { to: target, mode }: Op<'request'>): void {
    const { laws } = this.#scene
    const { to, actor: callee } = this.#resolve(self, target)
    const number = callee === undefined ? 0 : laws.order.sends(actor, callee, 'letter')
    const call = laws.calls.begins(actor, callee?.pid, mode, Infinity)
    const ref = typeof target === 'string' ? self.named(Puppet, target) : self.ref(Puppet, to as Pid)
    const id = ref.sendRequest.ask({ from: actor.pid, number }, mode, call.id)
    actor.requests.set(id.ref, call)
  }

  #alias(actor: Actor, self: ActorSelf, { to: target }: Op<'alias'>): void {
    const { laws } = this.#scene
    const { to, actor: watched } = this.#resolve(self, target)
    if (watched === undefined) return
    laws.starts.ties(actor, watched.pid)
    const { ref, alias } = self.monitor(to, { alias: 'reply_demonitor' })
    laws.aliases.set(actor, ref, watched.pid)
    const number = laws.order.sends(actor, watched, 'letter')
    self.send(to, { from: actor.pid, number, alias, ref })
  }

  #answer({ deferred, pid }: Actor): void {
    const open = deferred.shift()
    if (open !== undefined) reply(open.from, { call: open.call, by: pid })
  }

  #handOver(actor: Actor, self: ActorSelf, { to: target }: Op<'handOver'>): void {
    const open = actor.deferred.shift()
    const { to, actor: receiver } = this.#resolve(self, target)
    if (open === undefined || receiver === undefined) return
    const number = this.#scene.laws.order.sends(actor, receiver, 'letter')
    self.send(to, { from: actor.pid, number, answer: open.from, call: open.call })
  }

  #link(actor: Actor, self: ActorSelf, { op, to: target }: Op<'link' | 'unlink'>): void {
    const { laws } = this.#scene
    const { to, actor: partner } = this.#resolve(self, target)
    if (partner === undefined) return
    laws.starts.ties(actor, partner.pid)
    laws.links[op === 'link' ? 'links' : 'unlinks'](actor, partner.pid)
    if (op === 'link') self.link(to)
    else self.unlink(to)
  }

  #monitor(actor: Actor, self: ActorSelf, { to: target }: Op<'monitor'>): void {
    const { laws } = this.#scene
    const { to, actor: watched } = this.#resolve(self, target)
    if (watched !== undefined) laws.starts.ties(actor, watched.pid)
    const ref = self.monitor(to)
    laws.monitors.set(actor, ref, watched?.pid, to)
  }

  #demonitor(actor: Actor, self: ActorSelf, { which, flush }: Op<'demonitor'>): void {
    const ref = actor.monitors[which % actor.monitors.length]
    if (ref === undefined) return
    const wasActive = self.demonitor(ref, { flush, info: true })
    this.#scene.laws.monitors.removed(actor, ref, wasActive, flush)
  }

  #exit(actor: Actor, self: ActorSelf, { to: target, reason }: Op<'exit'>): void {
    const { laws } = this.#scene
    const { to, actor: victim } = this.#resolve(self, target)
    const made = this.#reason(reason)
    if (victim !== undefined) laws.order.sends(actor, victim, reason === 'kill' ? 'silent' : 'exit', wordOf(made))
    if (victim !== undefined && reason === 'kill') laws.kills.kills(actor, victim)
    self.exit(to, made)
  }

  #trap(actor: Actor, self: ActorSelf, { on }: Op<'trap'>): void {
    if (actor.index === 0) return
    self.trapExit = on
    if (on) actor.everTrapped = true
    else actor.everUntrapped = true
  }

  #register(actor: Actor, self: ActorSelf, { name, who }: Op<'register'>): void {
    const { laws, actors, journal } = this.#scene
    const { pid } = who === undefined ? actor : (actors.at(who) as Actor)
    const question = laws.names.registers(actor, name)
    self.register(name, ...(who === undefined ? [] : [pid])).then(
      () => {
        journal.note(() => `  ${actor.label} gave ${pid} the name ${name}`)
        laws.names.registered(question, pid)
      },
      (error: unknown) => laws.names.refused(question, pid, error),
    )
  }

  #unregister(actor: Actor, self: ActorSelf, { name }: Op<'unregister'>): void {
    const { laws } = this.#scene
    const question = laws.names.unregisters(actor, name)
    self.unregister(name).then(
      () => laws.names.takenAway(question),
      (error: unknown) => laws.names.refused(question, actor.pid, error),
    )
  }

  #isAlive(actor: Actor, self: ActorSelf, { op, to: target }: Op<'isAlive' | 'info'>): void {
    const { laws, journal } = this.#scene
    const { to, actor: other } = this.#resolve(self, target)
    const question = laws.kills.asks(actor, other)
    const asked = op === 'isAlive' ? self.isAlive(to) : self.info(to, ['status']).then((found) => found !== undefined)
    asked.then(
      (alive) => laws.kills.answered(question, alive),
      (error: unknown) => journal.broken('alive', wordOf(error)),
    )
  }

  #monitorNode(actor: Actor, self: ActorSelf, { of }: Op<'monitorNode'>): void {
    const other = this.#scene.actors.at(of) as Actor
    const node = nodeOf(other.pid)
    if (node === actor.node.id) return
    this.#scene.laws.monitors.asksForNode(actor, node)
    self.monitorNode(node)
  }

  #sendAfter(actor: Actor, self: ActorSelf, { to: target, ms }: Op<'sendAfter'>): void {
    const { to } = this.#resolve(self, target)
    const id = this.#scene.laws.timers.sets(actor, undefined)
    const ref = self.sendAfter(ms, to, { timer: id })
    this.#scene.laws.timers.hasRef(id, ref)
    actor.timers.push(ref)
  }

  #startTimer(actor: Actor, self: ActorSelf, { ms }: Op<'startTimer'>): void {
    const id = this.#scene.laws.timers.sets(actor, actor)
    const ref = self.startTimer(ms, { timer: id })
    this.#scene.laws.timers.hasRef(id, ref)
    actor.timers.push(ref)
  }

  #cancelTimer(actor: Actor, self: ActorSelf, { which }: Op<'cancelTimer'>): void {
    const ref = actor.timers[which % actor.timers.length]
    if (ref !== undefined) this.#scene.laws.timers.cancelled(actor, ref, self.cancelTimer(ref))
  }

  #drained(actor: Actor, self: ActorSelf, { to: target }: Op<'drained'>): void {
    const { laws } = this.#scene
    const { to } = this.#resolve(self, target)
    const waiting = laws.timers.waits(actor)
    void self.drained(to).then(() => laws.timers.hasDrained(waiting))
  }

  #end(actor: Actor, self: ActorSelf, { how, reason }: Op<'end'>): void {
    if (actor.index === 0) return
    const made = this.#reason(reason)
    if (actor.spec.kind === 'server') self.ref(Puppet, actor.pid).cast.end(how, made)
    else self.send(actor.pid, ['end', how, made])
  }
}
