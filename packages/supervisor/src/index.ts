/**
 * Supervision trees: supervisors start actors, restart those that end, and give up when that happens too often. As in OTP.
 */
export type { AutoShutdown } from './auto-shutdown.ts'
export { Backoff, type BackoffOptions } from './backoff.ts'
export { ChildError, type ChildErrorCode } from './child-error.ts'
export type { ChildCounts, ChildInfo, KeptChildSpec } from './child-info.ts'
export { child, checkChildSpecs, type ChildOptions, type ChildSpec } from './child-spec.ts'
export type { ChildStatus } from './child-table.ts'
export {
  childTemplate,
  type ChildTemplate,
  defineDynamicSupervisor,
  type DynamicSupervisorProtocol,
  type DynamicSupervisorSpec,
} from './dynamic-supervisor.ts'
export {
  definePartitionSupervisor,
  partition,
  type PartitionKey,
  type PartitionOptions,
  type PartitionSupervisor,
} from './partition-supervisor.ts'
export { isHandedOn, type ReportContext, type SupervisorReport } from './reports.ts'
export { RestartIntensity } from './restart-intensity.ts'
export type { RestartType } from './restart.ts'
export type { Shutdown } from './shutdown.ts'
export type { Strategy } from './strategy.ts'
export { defineSupervisor, type SupervisorProtocol } from './supervisor.ts'
export { DEFAULT_RULES, type IntensityOptions, type Rules, type SupervisorSpec } from './supervisor-spec.ts'
