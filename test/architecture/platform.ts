import { at, type Finding, type Source, type Syntax, walk } from './source.ts'

/** Globals that are a platform, a clock, a timer or chance; portable code is handed these. */
const ambient = new Set([
  'process',
  'Buffer',
  'global',
  'globalThis',
  'require',
  'console',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
])

/** Modules that may use one of these globals all the same, each with its reason. */
const exceptions: Record<string, { readonly name: string; readonly reason: string }> = {
  'packages/core/src/actor/behaviour-table.ts': {
    name: 'globalThis',
    reason: 'two copies of the module in one realm share one table, kept under a symbol',
  },
}

const ambientMembers = new Set(['Date.now', 'Math.random'])

/** Fields that hold a name and not a use of it. */
const nameFields: Record<string, readonly string[]> = {
  MemberExpression: ['property'],
  Property: ['key'],
  PropertyDefinition: ['key'],
  AccessorProperty: ['key'],
  MethodDefinition: ['key'],
  TSPropertySignature: ['key'],
  TSMethodSignature: ['key'],
  TSAbstractMethodDefinition: ['key'],
  TSAbstractPropertyDefinition: ['key'],
  TSQualifiedName: ['right'],
  ImportSpecifier: ['imported'],
  ExportSpecifier: ['exported'],
  LabeledStatement: ['label'],
  TSNamedTupleMember: ['label'],
}

const isNameOnly = (parent: Syntax | undefined, field: string): boolean =>
  parent !== undefined && parent['computed'] !== true && (nameFields[parent.type]?.includes(field) ?? false)

const nameOf = (node: unknown): string => String((node as { name?: unknown } | undefined)?.name)

/** Uses of the platform, the clock, global timers or randomness. */
export function ambientUses(source: Source): Finding[] {
  const findings: Finding[] = []
  const report = (node: Syntax, what: string): number =>
    findings.push(at(source, node.start, `portable code is handed its platform: ${what}`))
  for (const { node, parent, field } of walk(source.program)) {
    const excepted = nameOf(node) === exceptions[source.path]?.name
    if (node.type === 'Identifier' && ambient.has(nameOf(node)) && !excepted && !isNameOnly(parent, field))
      report(node, nameOf(node))
    if (node.type === 'MemberExpression') {
      const path = `${nameOf(node['object'])}.${nameOf(node['property'])}`
      if (ambientMembers.has(path)) report(node, path)
    }
    if (node.type === 'NewExpression' && nameOf(node['callee']) === 'Date' && (node['arguments'] as []).length === 0)
      report(node, 'new Date()')
  }
  return findings
}

/** Environment variables that shipped code may read, each with its reason. All are documented for users. */
export const environmentVariables: Record<string, string> = {}

/** Environment variables read by name, or by a name that is computed, which no list can allow. */
export function environmentReads(source: Source, allowed = environmentVariables): Finding[] {
  const findings: Finding[] = []
  for (const { node } of walk(source.program)) {
    if (node.type !== 'MemberExpression') continue
    const object = node['object'] as Syntax
    if (object.type !== 'MemberExpression' || nameOf(object['property']) !== 'env') continue
    const property = node['property'] as { name?: string; value?: unknown }
    const name = node['computed'] === true ? property.value : property.name
    if (typeof name !== 'string') findings.push(at(source, node.start, 'reads a computed environment variable'))
    else if (!Object.hasOwn(allowed, name))
      findings.push(at(source, node.start, `reads the environment variable ${name}`))
  }
  return findings
}

/** Names that say they exist for tests. */
export function testHooks(source: Source): Finding[] {
  const tells = /(for|in|only|under)_?tests?(ing)?($|[A-Z_])|^_*test_?(only|mode|hook|flag)|__tests?__/i
  return [...walk(source.program)]
    .filter(({ node }) => node.type === 'Identifier' && tells.test(nameOf(node)))
    .map(({ node }) => at(source, node.start, `${nameOf(node)} looks like a door for tests only`))
}
