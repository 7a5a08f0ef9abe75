/** The door for applications and behaviours: everything an actor is made of. */
export { match } from 'ts-pattern'
export { P } from './actor/patterns.ts'
export { defineServer } from './actor/server.ts'
export type { Called, Handlers, Init, ServerSelf, ServerSpec } from './actor/server.ts'
export { defineActor } from './actor/define-actor.ts'
export { andContinue, andTimeout, answerKind, ignore, later, refuse, stop } from './actor/answer.ts'
export type { Continue, Ignore, Later, Refusal, Stop, WithTimeout } from './actor/answer.ts'
export { From } from './actor/from.ts'
export { reply } from './messaging/call.ts'
export { multiCall } from './messaging/multi-call.ts'
export type { MultiCall } from './messaging/multi-call.ts'
export { checkResponse, receiveResponse, RequestId, waitResponse } from './messaging/request-id.ts'
export type {
  Labelled,
  NoReply,
  NoRequest,
  OneResponse,
  TakeOptions,
  TimedOut,
  WaitTime,
} from './messaging/request-id.ts'
export { RequestIds } from './messaging/request-ids.ts'
export { sys } from './actor/sys.ts'
export type { Sys } from './actor/sys.ts'
export type { ActorStatus } from './actor/system-requests.ts'
export type { Statistics, SystemEvent } from './actor/system-state.ts'
export { isAlias } from './actor/alias.ts'
export type { Alias, AliasMode } from './actor/alias.ts'
export type { ActorInfo } from './node/actor-info.ts'
export type { ActorRef, Args, Behaviour, Protocol, Server } from './actor/behaviour.ts'
export { checkBehaviour, findBehaviour } from './actor/behaviour-table.ts'
export type { ActorSelf, Destination, StartOptions, StartOutcome } from './actor/self.ts'
export type { ReceiveClauses } from './actor/receive.ts'
export { CancelledTimer, Down, Exit, IdleTimeout, NodeDown, Response, Timeout } from './actor/notices.ts'
export type { MonitorRef, Outcome, TimerRef } from './actor/notices.ts'
export { isPid, makePid, nodeOf, pidPrefix, ROOT, serialOf } from './actor/pid.ts'
export type { NodeId, Pid } from './actor/pid.ts'
export { isCleanExit } from './actor/exit-reason.ts'
export type { Evidence, ExitReason, MemoryLimit, NodeReason } from './actor/exit-reason.ts'
export { checkMailbox } from './actor/mailbox-limits.ts'
export type { MailboxLimits } from './actor/mailbox-limits.ts'
export {
  ActorExited,
  BulkheadError,
  CallFailed,
  InvalidOption,
  NameError,
  NotLoadable,
  PlacementError,
  show,
  StartFailed,
  whyNotStarted,
} from './errors.ts'
export { checkFields } from './known-fields.ts'
export { NotSendable, registerError, registerType, Undecodable } from './messaging/codec.ts'
export type { RegisteredType } from './messaging/codec.ts'
export { place } from './node/place.ts'
export type { PlacementContext } from './node/place.ts'
export { checkIsolation, hintElsewhere, plainIsolation } from './node/isolation.ts'
export type { Isolation, IsolationHints, IsolationLimits, Placed } from './node/isolation.ts'
export type { PlacementDecision, Wall } from './node/placement.ts'
export { WALLS_OF_SANDBOX } from './node/sandbox-hints.ts'
export type { Confinement, FileUrl, SandboxHints, SandboxWall, WallState } from './node/sandbox-hints.ts'
export { Police } from './node/police.ts'
export type { PoliceOptions } from './node/police.ts'
export type { PolicedActor } from './node/policed-names.ts'
export { Allowance } from './node/allowance.ts'
export type { Grant, Rate } from './node/allowance.ts'
export { tooLittleMemory } from './node/too-little-memory.ts'
export { nearer } from './node/ladder.ts'
export type { Lesson } from './node/ladder.ts'
export { Lessons } from './node/lessons.ts'
export { createNode } from './node/create-node.ts'
export { VITALS } from './node/host.ts'
export type {
  UnsettledChild,
  ActorSnapshot,
  Allocation,
  NodeControl,
  ActorModule,
  NodeHost,
  NodeSnapshot,
  OnHandler,
  Verdict,
} from './node/host.ts'
export type { IntrudingCode } from './node/intrude.ts'
export type { Node, NodeOptions } from './node/node-options.ts'
export type {
  AbortControllerLike,
  AbortSignalLike,
  ActorScope,
  Clock,
  LogRecord,
  Platform,
  TurnScheduler,
} from './platform.ts'
export type { CrashReport, DeadLetterReason, Telemetry } from './telemetry.ts'
