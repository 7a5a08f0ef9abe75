import { backPressure } from './laws/back-pressure.ts'
import { besideLaws, noBesideLaws } from './laws/beside.ts'
import { cost } from './laws/cost.ts'
import { deathLaws } from './laws/death.ts'
import { delivery } from './laws/delivery.ts'
import { endings } from './laws/endings.ts'
import { gathering, segments } from './laws/gathering.ts'
import { handingOver } from './laws/handing-over.ts'
import { sizes } from './laws/sizes.ts'
import type { Law } from './law.ts'
import { Setting } from './setting.ts'
import type { Subject } from './setting.ts'

/** A test runner, cut down to what the suite needs. */
export interface Runner {
  describe(name: string, body: () => void): void
  test: {
    (name: string, body: () => Promise<void>, timeoutMs: number): void
    skip(name: string, body: () => Promise<void>): void
  }
}

export interface ComplianceOptions extends Subject {
  /** Stands above the laws in the test report. */
  readonly name: string
  readonly runner: Runner
  /** Whether its connections share memory: which of the laws about what travels beside frames hold. */
  readonly shares: boolean
  /** The ways in which `Opened.kill` can end a far side; the laws about sudden death are tried with each. */
  readonly deaths: readonly string[]
  /** Laws that do not hold for this transport, by name, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>
}

const testTimeoutMs = 60_000

/** All laws for a transport with these abilities. */
export function lawsFor({
  shares,
  deaths,
  carrierWrites,
}: Pick<ComplianceOptions, 'shares' | 'deaths' | 'carrierWrites'>): readonly Law[] {
  const counted = carrierWrites === undefined ? [] : gathering
  const about = [
    delivery,
    sizes,
    handingOver,
    segments,
    counted,
    backPressure,
    endings,
    shares ? besideLaws : noBesideLaws,
  ]
  return [...about.flat(), ...deaths.flatMap(deathLaws), ...cost]
}

/** Checks one law; throws if it is broken. */
export async function checkLaw(law: Law, subject: Subject): Promise<void> {
  const setting = new Setting(subject)
  try {
    await law.check(setting)
  } finally {
    setting.release()
  }
}

/** Declares one test for each law. Throws if a skip names no law. */
export function transportCompliance(options: ComplianceOptions): void {
  const { name, runner, skip = {} } = options
  const laws = lawsFor(options)
  const unknown = Object.keys(skip).find((skipped) => laws.every((law) => law.name !== skipped))
  if (unknown !== undefined) throw new Error(`There is no law "${unknown}" to skip.`)
  runner.describe(name, () => {
    for (const law of laws) {
      const check = () => checkLaw(law, options)
      const reason = skip[law.name]
      if (reason === undefined) runner.test(law.name, check, testTimeoutMs)
      else runner.test.skip(`${law.name} (skipped: ${reason})`, check)
    }
  })
}
