import type { ChaosReport } from './report.ts'

export function asHtml(report: ChaosReport): string {
  return `<!doctype html><title>${report.seed}</title>`
}
