import { escaped } from './escape.ts'
import { FAULT_KINDS } from './fault.ts'
import type { Injected } from './injected.ts'
import { seconds } from './report.ts'
import type { ChaosReport } from './report.ts'
import { seenOf } from './text.ts'

/** In units of the drawing, which the page scales. */
const SIZE = { labels: 130, width: 1_000, margin: 30, row: 24, bar: 14, axis: 28 } as const

const TICKS_MAX = 10
/** Seconds between two ticks of the axis. */
const STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200]

/** The course of a run as SVG: a row for each kind of fault that was injected, one for the steady state, one for restarts. */
export function timelineOf(report: ChaosReport): string {
  const { injections, steady, restarts, lastedMs } = report
  const kinds = FAULT_KINDS.filter((kind) => injections.some(({ fault }) => fault.kind === kind))
  const x = (ms: number): number => round((Math.min(ms, lastedMs) / Math.max(1, lastedMs)) * SIZE.width + SIZE.labels)
  const rows = [
    ...kinds.map((kind) => ({
      label: kind as string,
      draw: (top: number) =>
        injections.filter(({ fault }) => fault.kind === kind).map((each) => barOf(each, lastedMs, x, top)),
    })),
    ...(steady === undefined
      ? []
      : [
          {
            label: 'steady state',
            draw: (top: number) =>
              steady.stretches.map(({ ok, fromMs, toMs, why = '' }) => {
                const text = `${ok ? 'steady' : 'not steady'} from ${seconds(fromMs)} to ${seconds(toMs)}${why && `: ${why}`}`
                return box(ok ? 'steady' : 'lost', x(fromMs), x(toMs), top, text)
              }),
          },
        ]),
    {
      label: 'restarts',
      draw: (top: number) =>
        restarts.map(({ atMs, child }) => box('restart', x(atMs), x(atMs), top, `${child} at ${seconds(atMs)}`)),
    },
  ]
  const height = rows.length * SIZE.row + SIZE.axis
  const total = SIZE.labels + SIZE.width + SIZE.margin
  return [
    `<svg viewBox="0 0 ${total} ${height}" role="group" aria-labelledby="timeline-title timeline-text">`,
    '<title id="timeline-title">Timeline</title>',
    `<desc id="timeline-text">${escaped(
      `${injections.length} faults in ${seconds(lastedMs)}. Each bar reaches from the injection to the recovery. The tables below say the same.`,
    )}</desc>`,
    ...axis(lastedMs, x, height),
    ...rows.flatMap(({ label, draw }, i) => {
      const top = i * SIZE.row + (SIZE.row - SIZE.bar) / 2
      return [
        `<text class="label" x="${SIZE.labels - 8}" y="${round(top + SIZE.bar - 3)}">${escaped(label)}</text>`,
        ...draw(top),
      ]
    }),
    '</svg>',
  ].join('\n')
}

function barOf(injected: Injected, lastedMs: number, x: (ms: number) => number, top: number): string {
  const { n, fault, target, outcome, injectedMs, recoveredMs } = injected
  const text = `Fault ${n}: ${fault.kind} in ${target} at ${seconds(injectedMs)}, ${seenOf(injected)}, ${outcome.replaceAll('_', ' ')}`
  const kind = outcome === 'recovered' ? 'fault' : 'failed'
  return `<a href="#fault-${n}" aria-label="${escaped(text)}">${box(kind, x(injectedMs), x(recoveredMs ?? lastedMs), top, text)}</a>`
}

function box(kind: string, from: number, to: number, top: number, text: string): string {
  const width = round(Math.max(3, to - from))
  return `<rect class="${kind}" x="${from}" y="${round(top)}" width="${width}" height="${SIZE.bar}"><title>${escaped(text)}</title></rect>`
}

function axis(lastedMs: number, x: (ms: number) => number, height: number): string[] {
  const step = (STEPS.find((each) => lastedMs / 1_000 / each <= TICKS_MAX) ?? 86_400) * 1_000
  const bottom = height - SIZE.axis
  return Array.from({ length: Math.floor(lastedMs / step) + 1 }, (_, i) => {
    const at = x(i * step)
    return `<line x1="${at}" y1="0" x2="${at}" y2="${bottom}"/><text class="tick" x="${at}" y="${bottom + 18}">${(i * step) / 1_000} s</text>`
  })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
