import { expect, test } from 'vitest'
import { checkNodeVersion } from '../../src/nodejs/supported-version.ts'

test.each(['22.18.0', '22.23.3', '24.0.0', '26.10.0', '100.0.0'])('%s is new enough', (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow()
})

test.each(['18.19.1', '20.20.2', '22.17.9'])('%s is too old, and the error says what is needed', (version) => {
  expect(() => checkNodeVersion(version)).toThrow(`needs Node.js 22.18 or newer; this is ${version}`)
})
