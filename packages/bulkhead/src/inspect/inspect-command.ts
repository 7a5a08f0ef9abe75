import { connect } from 'node:net'
import { printReport } from './print-report.ts'
import { findSystems, remove } from './runtime-folder.ts'
import type { InspectableSystem } from './runtime-folder.ts'
import type { SystemReport } from './system-report.ts'

/** Milliseconds that a warden gets to answer: it asks its nodes first. */
const patienceMs = 5_000

export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Asks a running system of this user for its state. `which` is a name, the pid of its root, or the system's id; not needed when there is only one. */
export async function inspect(which: string | undefined, asJson: boolean): Promise<CommandResult> {
  const systems = findSystems().filter(
    ({ name, pid, system }) => which === undefined || name === which || String(pid) === which || system === which,
  )
  const reports = await Promise.all(systems.map(ask))
  const answered = reports.filter((report) => report !== undefined)
  if (answered.length === 1) return done(answered[0] as SystemReport, asJson)
  if (answered.length > 1) return failed(`several systems run; say which one, by name, pid or id:\n${listOf(answered)}`)
  return failed(
    which === undefined
      ? 'no system of this user runs here'
      : `no system of this user runs here with the name, pid or id ${which}`,
  )
}

const done = (report: SystemReport, asJson: boolean): CommandResult => ({
  status: 0,
  stdout: asJson ? `${JSON.stringify(report, undefined, 2)}\n` : printReport(report),
  stderr: '',
})

const failed = (why: string): CommandResult => ({ status: 1, stdout: '', stderr: `bulkhead inspect: ${why}\n` })

const listOf = (reports: readonly SystemReport[]): string =>
  reports.map(({ name, pid, system }) => `  ${name} ${pid} ${system}`).join('\n')

/** One system's report; undefined when nobody answers there, and then what was left of it is gone. */
async function ask({ socket }: InspectableSystem): Promise<SystemReport | undefined> {
  return await new Promise((resolve) => {
    let text = ''
    const connection = connect(socket)
    connection.setEncoding('utf8').setTimeout(patienceMs, () => connection.destroy())
    connection.on('data', (part: string) => (text += part))
    connection.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') remove(socket)
    })
    connection.on('close', () => {
      try {
        resolve(JSON.parse(text) as SystemReport)
      } catch {
        resolve(undefined)
      }
    })
  })
}
