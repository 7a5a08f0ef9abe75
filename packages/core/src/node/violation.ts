/** What an untrusted node did that it may not do. The message says which rule that broke. */
export class Violation extends Error {}

export function broke(rule: string): never {
  throw new Violation(rule)
}
