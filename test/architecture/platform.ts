import { at, type Finding, type Source, type Syntax, walk } from './source.ts'

/** Globals that are a platform, a clock, a timer or chance; portable code is handed these. */
const ambient = new Set([
  'process',
  'Buffer',
  'global',
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

/** Modules that may hold the global object itself, where no rule can see what they read from it, each with its reason. */
const realmHolders: Record<string, string> = {
  'packages/core/src/actor/behaviour-table.ts': 'two copies of the module in one realm share one table, under a symbol',
  'packages/core/src/messaging/codec-extensions.ts':
    'two copies of the module in one realm share one table, under a symbol',
  'packages/core/src/messaging/codec-decoder.ts': 'looks up the classes of typed arrays by their names',
  'packages/core/src/messaging/codec-errors.ts': 'looks up the classes of errors by their names',
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

/** The expression inside parentheses and type assertions. */
function bare(node: unknown): Syntax | undefined {
  let inner = node as Syntax | undefined
  while (inner && /^(Parenthesized|TSAs|TSSatisfies|TSNonNull)/.test(inner.type)) inner = inner['expression'] as Syntax
  return inner
}

/** What a member expression reads, where that stands in the code. */
function memberName(node: Syntax): string | undefined {
  const property = node['property'] as { name?: string; value?: unknown }
  const name = node['computed'] === true ? property.value : property.name
  return typeof name === 'string' ? name : undefined
}

const isGlobalThis = (node: unknown): boolean => nameOf(bare(node)) === 'globalThis'

/** Uses of the platform, the clock, global timers or randomness. */
export function ambientUses(source: Source): Finding[] {
  const findings: Finding[] = []
  const report = (node: Syntax, what: string): number =>
    findings.push(at(source, node.start, `portable code is handed its platform: ${what}`))
  let globals = 0
  for (const { node, parent, field } of walk(source.program)) {
    const name = nameOf(node)
    if (node.type === 'Identifier' && !isNameOnly(parent, field)) {
      if (ambient.has(name)) report(node, name)
      if (name === 'globalThis') globals++
    }
    if (node.type === 'MemberExpression') {
      const member = memberName(node)
      if (ambientMembers.has(`${nameOf(node['object'])}.${member}`)) report(node, `${nameOf(node['object'])}.${member}`)
      if (isGlobalThis(node['object']) && member !== undefined) {
        globals--
        if (ambient.has(member)) report(node, `globalThis.${member}`)
      }
    }
    if (node.type === 'NewExpression' && nameOf(node['callee']) === 'Date' && (node['arguments'] as []).length === 0)
      report(node, 'new Date()')
  }
  if (globals > 0 && !Object.hasOwn(realmHolders, source.path)) report(source.program, 'holds globalThis')
  return findings
}

/** Environment variables that shipped code may read, each with its reason. */
export const environmentVariables: Record<string, string> = {
  NODE_OPTIONS: 'options of Node.js that nodes inherit, but for those that are the program’s own',
  DEBUG: 'whether anything of `debug` is enabled from the start: unless it is, the library is not loaded',
  PATH: 'where the shell that waits for a root to be killed finds its commands; nothing else of the environment is handed to it',
  XDG_RUNTIME_DIR: 'the folder of the user’s session, where `bulkhead inspect` finds running systems',
  BULKHEAD_GUARDIAN: 'hands a root what its guardian wants of it, and is gone once that is read',
  BULKHEAD_FAMILY: 'marks what a system has started, so that it is found when the root was killed',
  BULKHEAD_NODE: 'hands a child process what it was started for, and is gone once that is read',
}

/** Environment variables read by name, or by a name that is computed, which no list can allow. */
export function environmentReads(source: Source, allowed = environmentVariables): Finding[] {
  const findings: Finding[] = []
  for (const { node } of walk(source.program)) {
    if (node.type !== 'MemberExpression') continue
    const object = node['object'] as Syntax
    if (object.type !== 'MemberExpression' || nameOf(object['property']) !== 'env') continue
    const name = memberName(node)
    if (name === undefined) findings.push(at(source, node.start, 'reads a computed environment variable'))
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
