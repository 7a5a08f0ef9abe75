import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { readListOf, unreadableByAll } from '../../src/sandbox/code-of.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-code-')))
afterAll(() => rmSync(root, { recursive: true }))

function file(path: string, text = ''): string {
  const full = join(root, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  return full
}

/** A program with an installed package, which needs another, and a package of its own that is linked into `node_modules`. */
const entry = file('node_modules/bulkhead/dist/entry.js')
file('node_modules/bulkhead/package.json', '{"name":"bulkhead","dependencies":{"ms":"1"}}')
file('node_modules/ms/package.json', '{"name":"ms"}')
file('node_modules/zod/package.json', '{"name":"zod","dependencies":{"deep":"1"}}')
file('node_modules/zod/node_modules/deep/package.json', '{"name":"deep"}')
file('node_modules/other/package.json', '{"name":"other"}')
file('packages/secrets/package.json', '{"name":"secrets"}')
symlinkSync(join(root, 'packages/secrets'), join(root, 'node_modules/secrets'))
const module = file(
  'src/plugin.js',
  `import { z } from 'zod'\nimport secrets from "secrets"\nimport { key } from '../src/keys.js'\nimport '/etc/passwd'\nimport 'node:fs'\nimport { start } from 'bulkhead'`,
)
file('src/keys.js')

const listed = (read: readonly string[] = [], from = entry, of = module): string[] =>
  readListOf(pathToFileURL(from).href, pathToFileURL(of).href, read).map((path) => path.slice(root.length + 1))

describe('the code that a sandbox runs', () => {
  test('is the framework and its packages, the module, and the installed packages that this imports', () => {
    expect(listed().toSorted()).toEqual([
      'node_modules/bulkhead',
      'node_modules/ms',
      'node_modules/zod',
      'node_modules/zod/node_modules/deep',
      'src/plugin.js',
    ])
  })

  test('is never what else a foreign module names: files of the program, packages that are its own, files of the machine', () => {
    const list = listed().join()
    for (const path of ['keys', 'secrets', 'passwd', 'other']) expect(list).not.toContain(path)
  })

  test('is in a bundle the bundle, and not the folder in which it stands', () => {
    const bundle = file('out/bundle.js', "import 'zod'")
    file('out/package.json', '{"name":"app"}')
    expect(listed([], bundle, bundle).toSorted()).toEqual(['node_modules/zod', 'node_modules/zod/node_modules/deep', 'out/bundle.js']) // prettier-ignore
  })

  test('can be linked, as some package managers do it, also beside packages whose names begin alike', () => {
    file('store/node_modules/ms/package.json', '{"name":"ms"}')
    file('linked/node_modules/bulkhead/package.json', '{"name":"bulkhead","dependencies":{"ms":"1","msgpackr":"2"}}')
    file('linked/node_modules/msgpackr/package.json', '{"name":"msgpackr"}')
    symlinkSync(join(root, 'store/node_modules/ms'), join(root, 'linked/node_modules/ms'))
    const list = listed([], file('linked/node_modules/bulkhead/dist/entry.js'))
    for (const path of ['linked/node_modules/ms', 'store/node_modules/ms', 'linked/node_modules/ms*'])
      expect(list).toContain(path)
    expect(list).not.toContain('linked/node_modules/msgpackr*')
  })

  test('is more where it is named, and what does not exist is an error', () => {
    expect(listed([join(root, 'src/keys.js')])).toContain('src/keys.js')
    expect(listed([pathToFileURL(join(root, 'src')).href])).toContain('src')
    expect(() => listed(['/no/such/place'])).toThrow(/isolation\.sandbox\.read: \/no\/such\/place does not exist/)
  })
})

test('what another user cannot read is named: a file, or one behind a folder that it cannot enter', () => {
  chmodSync(root, 0o755) // as a temporary folder it was its owner's only
  const open = file('open/a.js')
  const closed = file('closed/b.js')
  expect(unreadableByAll([open, closed])).toBeUndefined()
  chmodSync(open, 0o600)
  expect(unreadableByAll([closed, open])).toBe(open)
  chmodSync(open, 0o644)
  chmodSync(dirname(closed), 0o700)
  expect(unreadableByAll([open, closed])).toBe(closed)
})
