/** Options of Node.js that concern only the program itself, or that a thread or process node must not repeat. Those in `withValue` take one. */
const own = ['-e', '--eval', '-p', '--print', '-c', '--check', '-i', '--interactive', '--test', '--watch', '--watch-path', '--run', '--input-type']
const withValue = new Set(['-e', '--eval', '-p', '--print', '--watch-path', '--run', '--input-type'])
const inspecting = /^--(inspect(-brk|-wait|-port)?|debug-port)(=|$)/

/** The root's Node.js options as a node gets them: without what is the root's alone. An inspected program's processes listen at a free port each. */
export function inheritedExecArgv(kind: 'thread' | 'process', all: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < all.length; i++) {
    const option = all[i] as string
    const name = option.split('=', 1)[0] as string
    if (own.includes(name)) {
      if (withValue.has(option)) i++
      continue
    }
    if (inspecting.test(option)) {
      if (kind === 'process' && !kept.includes('--inspect=0')) kept.push('--inspect=0')
      continue
    }
    kept.push(option)
  }
  return kept
}
