import { spawn } from 'node:child_process'
import { missingPermissions } from '../nodejs/permissions.ts'
import { ordersField } from '../orders.ts'
import { familyMark } from './family-mark.ts'
import type { ChildTable } from '../warden/child-table.ts'

const shell = '/bin/sh'

/**
 * Waits for its input to end, which happens when the root is gone, and then ends whom the root left behind: what bears its mark and is still in
 * the session in which it got it, and process nodes with their groups, also those that have not got as far as watching the root themselves.
 * What was started as the leader of a session of its own (`detached: true`) is spared: whoever did that meant it to live on. It looks until
 * it has found nobody three times, since what it looks at can be starting others. When the root is alive all the same, only its warden has ended: nothing to do.
 */
const script = `
trap '' INT TERM HUP QUIT
root=$1 mark=$2 orders=$3
while read -r _; do :; done
tries=0
while stat=$(cat "/proc/$root/stat" 2>/dev/null); do
  set -- \${stat##*) }
  case $1 in Z|X) break ;; esac
  tries=$((tries + 1))
  [ "$tries" -gt 150 ] && exit 0
  sleep 0.02 2>/dev/null || sleep 1
done
quiet=0 rounds=0
while [ "$quiet" -lt 3 ] && [ "$rounds" -lt 40 ]; do
  quiet=$((quiet + 1)) rounds=$((rounds + 1))
  for file in $(grep -Fls "$mark" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}
    pid=\${pid%/environ}
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
    set -- \${stat##*) }
    if grep -Fqs "$mark$4/" "$file"; then kill -9 "$pid" && quiet=0
    elif [ "$3" = "$pid" ] && grep -Fqs "$orders=" "$file"; then kill -9 "-$pid" && quiet=0
    fi
  done 2>/dev/null
  sleep 0.04 2>/dev/null || sleep 1
done
`

/** Who waits for the root's end. */
export interface Reaper {
  /** Nobody is to be ended any more. Resolves when it is gone. */
  end(): Promise<void>
}

/**
 * Starts the one OS process that outlives a root which was killed: a shell that sleeps until then. It ends what actors have started, threads'
 * and inline ones' helpers too, which nobody else could: they are children of the root and share its process group with strangers. Linux only;
 * without a shell, or without the permission to start one, there is none.
 */
export function startReaper(children: ChildTable): Reaper | undefined {
  const mark = familyMark()
  if (mark === undefined || missingPermissions(['child']).length > 0) return undefined
  const reaper = spawn(shell, ['-c', script, 'bulkhead', String(process.pid), mark, ordersField], {
    cwd: '/',
    detached: true,
    // It must not find itself.
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  reaper.on('error', () => {}) // no shell
  reaper.stdin?.on('error', () => {})
  const { pid } = reaper
  if (pid === undefined) return undefined
  children.add(pid)
  const ended = new Promise<void>((resolve) => {
    reaper.once('exit', () => {
      children.remove(pid)
      resolve()
    })
  })
  return {
    end: async () => {
      reaper.kill('SIGKILL')
      await ended
    },
  }
}
