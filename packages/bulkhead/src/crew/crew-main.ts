import { url as inspectorUrl } from 'node:inspector'
import type { NodeId } from '@bulkhead/core'
import { threadLink, transferOf } from '@bulkhead/transport-thread'
import type { ControlChannel } from '../control-channel.ts'
import type { CrewOrders, FromNode, ToNode } from '../control.ts'
import { partsOf } from '../error-parts.ts'
import { SharedNodes } from '../hosted/shared-nodes.ts'
import type { LaunchProfile } from '../warden/launch-profile.ts'
import type { BodyEnd } from '../warden/node-body.ts'
import { Rounds, stuckEnd } from '../warden/rounds.ts'
import { Spares } from '../warden/spares.ts'
import { ThreadBody } from '../warden/thread-body.ts'
import type { FromCrew, ToCrew } from './crew-control.ts'
import { RelayedBacklog, RelayedOutput } from './relayed-output.ts'

/** A thread of the crew that is a node. */
interface Member {
  readonly node: NodeId
  readonly body: ThreadBody<RelayedOutput>
  readonly profile: LaunchProfile
  /** What it was ended for. */
  verdict: BodyEnd | undefined
}

/**
 * The main thread of a crew: it starts, watches and ends the threads of its OS process, and brings two of them together. It hosts no actors, so
 * nothing keeps it from doing so. What becomes of whom is the warden's word; only what is read in shared memory is judged here.
 */
export class CrewMain {
  readonly #channel: ControlChannel<FromCrew, ToCrew>
  readonly #members = new Map<NodeId, Member>()
  readonly #sharedNodes = new SharedNodes()
  readonly #backlogs = { stdout: new RelayedBacklog(), stderr: new RelayedBacklog() }
  readonly #spares: Spares<ThreadBody<RelayedOutput>>
  readonly #rounds: Rounds<Member>

  constructor({ options, spares }: CrewOrders, entry: string, channel: ControlChannel<FromCrew, ToCrew>) {
    this.#channel = channel
    this.#spares = new Spares(
      (profile, events) =>
        new ThreadBody(
          {
            entry,
            profile,
            execArgv: options.thread,
            sharedNodes: this.#sharedNodes.memory,
            output: new RelayedOutput(channel, this.#backlogs),
            outlets: this.#backlogs,
            isExempt: () => inspectorUrl() !== undefined,
          },
          events,
        ),
      spares,
      (body) => body.post({ type: 'rehearse' }),
    )
    this.#rounds = new Rounds({
      watched: () => this.#members.values(),
      handlerMs: Infinity,
      judged: (member, judgement) => {
        if (judgement.state === 'stuck') this.#cutOff(member, stuckEnd(member.body, judgement))
      },
    })
    this.#spares.keep({ kind: 'thread', handlerMs: Infinity })
    channel.onMessage((message) => this.#take(message))
  }

  #take(message: ToCrew): void {
    switch (message.type) {
      case 'launch':
        return this.#launch(message.node, message.profile)
      case 'post':
        return this.#post(message.node, message.message)
      case 'link':
        return this.#link(message.one, message.other)
      case 'kill':
        return this.#members.get(message.node)?.body.kill()
      case 'took':
        return this.#backlogs[message.stream].took(message.bytes)
      case 'leave':
        process.exit(0)
    }
  }

  /** A thread that cannot be started has ended before it was there. */
  #launch(node: NodeId, profile: LaunchProfile): void {
    try {
      this.#enlist(node, profile)
    } catch (error) {
      this.#channel.post({
        type: 'ended',
        node,
        end: { cause: 'error', error: partsOf(error) },
        silentMs: 0,
        gone: true,
      })
    }
  }

  #enlist(node: NodeId, profile: LaunchProfile): void {
    const { body, events } = this.#spares.take(profile)
    const member: Member = { node, body, profile, verdict: undefined }
    this.#members.set(node, member)
    this.#sharedNodes.add(node)
    body.output.node = node
    events.message = (message) => this.#hear(member, message)
    events.ended = (end) => {
      this.#members.delete(node)
      this.#tellEnd(member, end, true)
    }
    this.#tellThread(member)
    this.#spares.keep(profile)
    this.#rounds.within(0)
  }

  #post(node: NodeId, message: ToNode): void {
    const member = this.#members.get(node)
    if (member === undefined) return // its end is on the way
    if (message.type === 'snapshot')
      this.#channel.post({ type: 'runs_handler', node, handler: member.body.handlerName })
    member.body.post(message)
  }

  /** With a thread that has ended meanwhile there is nothing to connect: the warden says so to the other. */
  #link(one: NodeId, other: NodeId): void {
    const { near, far } = threadLink()
    this.#members.get(one)?.body.post({ type: 'linked', peer: other, end: near }, transferOf(near))
    this.#members.get(other)?.body.post({ type: 'linked', peer: one, end: far }, transferOf(far))
  }

  #hear(member: Member, message: FromNode): void {
    const { node, body, profile } = member
    switch (message.type) {
      case 'handler':
        return body.learnHandler(message.id, message.name)
      case 'started':
        return this.#tellThread(member)
      case 'up':
        body.watch(profile.handlerMs)
        break
      default:
    }
    this.#channel.post({ type: 'said', node, message })
  }

  #tellThread({ node, body: { thread } }: Member): void {
    if (thread !== undefined) this.#channel.post({ type: 'runs', node, thread })
  }

  /** Ends a thread that broke its limit. The warden hears why before it hears that it has ended, and neither before the thread is being ended. */
  #cutOff(member: Member, end: BodyEnd): void {
    member.verdict = end
    member.body.kill()
    this.#tellEnd(member, end, false)
  }

  #tellEnd({ node, body }: Member, end: BodyEnd, gone: boolean): void {
    const culprit = end.culprit ?? body.vitals.sole ?? 'unknown'
    this.#channel.post({ type: 'ended', node, end: { ...end, culprit }, silentMs: body.silentMs, gone })
  }
}
