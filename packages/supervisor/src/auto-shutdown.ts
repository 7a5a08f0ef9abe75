/** Whether the end of significant children ends their supervisor: not at all, the first such end, the end of the last of them. */
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant'

/** What counts about the children that are left. One whose restart is being tried again is active. */
export interface Remaining {
  readonly significant: boolean
  readonly active: boolean
}

/**
 * Whether a child that ended by itself and is not restarted ends its supervisor. Ends that the supervisor itself caused are never asked
 * about. OTP: `supervisor:do_auto_shutdown/2`.
 */
export function endsSupervisor(
  autoShutdown: AutoShutdown,
  ended: { readonly significant: boolean },
  remaining: readonly Remaining[],
): boolean {
  if (autoShutdown === 'never' || !ended.significant) return false
  return autoShutdown === 'any_significant' || !remaining.some(({ significant, active }) => significant && active)
}
