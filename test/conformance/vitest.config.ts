import { defineConfig } from 'vitest/config'
import all from '../vitest.config.ts'

/** The items alone, in every placement. */
export default defineConfig({
  ...all,
  test: { ...all.test, include: ['test/conformance/*.test.ts'], exclude: ['**/node_modules/**'] },
})
