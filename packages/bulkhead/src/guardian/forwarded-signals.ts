/** Signals that are handed to the root as they come. */
const handedOn = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGWINCH'] as const

export interface SignalTakers {
  readonly forward: (signal: NodeJS.Signals) => void
  /** A terminal suspends the guardian (true), or lets it go on. */
  readonly pause: (isPaused: boolean) => void
}

/**
 * Takes the signals that the guardian gets from now on. The root is in a process group of its own, so it hears nothing from a terminal but
 * what is forwarded, and that once. Returns how to stop listening.
 */
export function takeSignals({ forward, pause }: SignalTakers): () => void {
  const suspend = (): void => {
    pause(true)
    process.kill(process.pid, 'SIGSTOP')
  }
  const goOn = (): void => pause(false)
  for (const signal of handedOn) process.on(signal, forward)
  process.on('SIGTSTP', suspend)
  process.on('SIGCONT', goOn)
  return () => {
    for (const signal of handedOn) process.off(signal, forward)
    process.off('SIGTSTP', suspend)
    process.off('SIGCONT', goOn)
  }
}
