import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { asHtml } from '@bulkhead/chaos'
import { report } from './sample-report.ts'

const browser = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((file) => existsSync(file))
const title = `a browser shows the page as it is written, and has no complaint about it${
  browser === undefined ? ' (skipped: there is no chromium on this machine)' : ''
}`
const folder = mkdtempSync(join(tmpdir(), 'chaos-page-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The document as the browser has understood it, and what its console says. */
async function shown(page: string): Promise<{ readonly dom: string; readonly complaints: string[] }> {
  const file = join(folder, 'page.html')
  writeFileSync(file, page)
  const options = [
    '--headless',
    '--disable-gpu',
    '--enable-logging=stderr',
    `--user-data-dir=${join(folder, 'profile')}`,
  ]
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const argv = [...options, ...asRoot, '--dump-dom', pathToFileURL(file).href]
  const { stdout, stderr } = await promisify(execFile)(browser!, argv, { timeout: 50_000, maxBuffer: 2 ** 26 })
  return { dom: stdout, complaints: stderr.split('\n').filter((line) => line.includes('CONSOLE')) }
}

const names = (text: string): string[] => [...text.matchAll(/<([a-z][a-z0-9]*)/g)].map(({ 1: name }) => name!)

test.skipIf(browser === undefined)(title, async () => {
  const page = asHtml(report)
  const { dom, complaints } = await shown(page)
  expect(complaints).toEqual([])
  // A browser mends what is not closed or stands where it may not: then there would be others, or in another order.
  expect(names(dom)).toEqual(names(page))
})
