import { accessSync, constants } from 'node:fs'
import { writeFully } from '../output/write-fully.ts'

const shell = '/bin/sh'

/**
 * What process 1 runs instead of a guardian, which becomes its child: hands on signals, reaps what it inherits, and ends with the
 * guardian's status. A terminal sends SIGINT to both of them. A `wait` that a signal has interrupted is no end.
 */
const script = `
for signal in TERM INT HUP USR2; do
  trap "kill -$signal \\"\\$!\\" 2>/dev/null" "$signal"
done
[ -t 0 ] && trap : INT
exec 3<&0
"$@" <&3 3<&- &
exec </dev/null 3<&-
while :; do
  wait "$!"
  status=$?
  kill -0 "$!" 2>/dev/null && continue
  wait "$!" 2>/dev/null
  late=$?
  [ "$late" -eq 127 ] || status=$late
  exit "$status"
done
`

/**
 * Process 1 inherits whatever its descendants leave behind, and has to reap it; Node.js reaps only what it has started itself. So there this
 * OS process becomes a shell that does, with the same command as its child. Comes back where there is no shell, after saying what follows
 * from that, and in every other process.
 */
export function leaveProcessOneToAShell(): void {
  if (process.pid !== 1) return
  try {
    accessSync(shell, constants.X_OK)
    const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
    process.execve?.(shell, ['sh', '-c', script, 'bulkhead', ...command], process.env)
  } catch {
    // no shell
  }
  writeFully(
    2,
    `[bulkhead] process 1 without ${shell} reaps only what it has started itself: give the container an init (docker run --init)\n`,
  )
}
