import { defineConfig } from 'vitest/config'
import all, { never } from './vitest.config.ts'

/** The same, with the slow suites. */
export default defineConfig({ ...all, test: { ...all.test, exclude: never } })
