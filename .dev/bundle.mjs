// Joins the modules of each package that every node loads into few files: `node .dev/bundle.mjs <folder of the repository>`.
// Starting a node is mostly loading modules, and their number counts for more than their size. Each package is joined by itself and its siblings stay
// imports, so whoever imports a package, a node or the module of an actor, gets the same one.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildSync } from 'esbuild'

/** Packages, and their modules that are loaded by themselves: the doors, the command, and what is started by its address. What is one list shares files. */
const bundles = {
  core: [['index', 'transport']],
  supervisor: [['index']],
  'transport-process': [['index']],
  'transport-thread': [['index']],
  bulkhead: [
    ['index', 'hosted/process-watch'],
    ['bin', 'guardian/root-preload', 'guardian/watch-thread'],
  ],
}

/** The paths of files and what is in them. */
function filesOf(folder, entries) {
  const { outputFiles } = buildSync({
    absWorkingDir: folder,
    entryPoints: entries.map((entry) => `src/${entry}.ts`),
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    packages: 'external',
    sourcemap: 'linked',
    sourcesContent: false, // they are published beside it
    write: false,
    logLevel: 'warning',
  })
  return outputFiles.map(({ path, text }) => [path, text])
}

/** Writes what has changed, and removes what was built under another name. A test run that is going on sees no file without need. */
function write(dist, files) {
  for (const [path, text] of files) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  for (const name of readdirSync(dist, { recursive: true })) {
    const path = join(dist, name)
    if (/\.js(\.map)?$/.test(name) && !files.has(path)) rmSync(path)
  }
}

const root = process.argv[2]
for (const [name, entries] of Object.entries(bundles)) {
  const folder = join(root, 'packages', name)
  write(join(folder, 'dist'), new Map(entries.flatMap((together) => filesOf(folder, together))))
}
