import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const workspace = fileURLToPath(new URL('../..', import.meta.url))

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A user's project in a folder of its own, with our packages installed from the files that would be published. */
export interface Project {
  readonly folder: string
  file(path: string): string
  read(path: string): string
  write(path: string, text: string): string
  remove(): void
}

/** Makes a project of the fixtures. Nothing is fetched: what our packages need is taken from the workspace. */
export async function newProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-project-'))
  cpSync(fileURLToPath(new URL('fixtures/project', import.meta.url)), folder, { recursive: true })
  await install(folder)
  const file = (path: string): string => join(folder, path)
  return {
    folder,
    file,
    read: (path) => readFileSync(file(path), 'utf8'),
    write: (path, text) => {
      mkdirSync(dirname(file(path)), { recursive: true })
      writeFileSync(file(path), text)
      return file(path)
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

async function install(folder: string): Promise<void> {
  const packed = join(folder, 'packed')
  mkdirSync(packed)
  const manifests = readdirSync(join(workspace, 'packages')).map((name) =>
    manifestIn(join(workspace, 'packages', name)),
  )
  const ours = neededBy('bulkhead', manifests)
  await run(
    'npm',
    ['pack', '--silent', '--pack-destination', packed, ...ours.map(({ name }) => `--workspace=${name}`)],
    { cwd: workspace },
  )
  await Promise.all(
    ours.map(async ({ name }) => {
      const target = join(folder, 'node_modules', name)
      mkdirSync(target, { recursive: true })
      const tarball = readdirSync(packed).find((each) =>
        each.startsWith(`${name.replace('@', '').replace('/', '-')}-0`),
      )
      await run('tar', ['-xzf', join(packed, tarball ?? name), '-C', target, '--strip-components=1'])
    }),
  )
  const theirs = ours
    .flatMap(({ dependencies = {} }) => Object.keys(dependencies))
    .filter((name) => ours.every((each) => each.name !== name))
  // Links: they find what they need themselves beside their real place.
  for (const name of [...new Set([...theirs, 'vitest'])])
    symlinkSync(realFolder(name), join(folder, 'node_modules', name))
  symlinkSync(join(workspace, 'node_modules/@types'), join(folder, 'node_modules/@types'))
}

/** Where a dependency of ours is installed: beside the package that needs it, or at the top of the workspace. */
function realFolder(name: string): string {
  const places = [...readdirSync(join(workspace, 'packages')).map((each) => `packages/${each}/`), '']
  const found = places.map((place) => join(workspace, place, 'node_modules', name)).find((each) => isFolder(each))
  if (found === undefined) throw new Error(`${name} is not installed`)
  return found
}

function isFolder(path: string): boolean {
  try {
    return readdirSync(path).length > 0
  } catch {
    return false
  }
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** A package of ours and all others of ours that it needs. */
function neededBy(name: string, manifests: readonly Manifest[]): Manifest[] {
  const own = manifests.find((each) => each.name === name)
  if (own === undefined) return []
  const needed = Object.keys(own.dependencies ?? {}).flatMap((each) => neededBy(each, manifests))
  return [...new Set([...needed, own])]
}
