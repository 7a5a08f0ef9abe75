import { checkFields, InvalidOption } from 'bulkhead'

/**
 * Which actors of the tree are meant. `path`: the one at this place, `/shop/db`. `under`: that one and all below it. `label`: all that run this
 * behaviour (`IndexReader`), or the one that is registered under this name.
 */
export type TargetSpec = { readonly path: string } | { readonly under: string } | { readonly label: string }

/** What a target is compared with. */
export interface Labelled {
  readonly path: string
  readonly behaviour: string
  readonly name: string | undefined
}

/** Whether one of the specs means this actor. */
export function isMeant(actor: Labelled, targets: readonly TargetSpec[]): boolean {
  return targets.some((target) => {
    if ('label' in target) return actor.behaviour === target.label || actor.name === target.label
    if ('path' in target) return actor.path === absolute(target.path)
    return isAtOrBelow(actor.path, absolute(target.under))
  })
}

/** Whether a path is this one or leads on from it. */
export function isAtOrBelow(path: string, top: string): boolean {
  return top === '' || path === top || path.startsWith(`${top}/`)
}

/** A path as the tree writes it: `shop/db` and `/shop/db/` are `/shop/db`, and the top is empty. */
export function absolute(path: string): string {
  const names = path.split('/').filter((name) => name !== '')
  return names.map((name) => `/${name}`).join('')
}

/** Throws `InvalidOption`. */
export function checkTargets(targets: readonly TargetSpec[], name: string): void {
  if (!Array.isArray(targets)) throw new InvalidOption(name, targets, 'give a list of targets')
  targets.forEach((target: unknown, i) => {
    const field = `${name}[${i}]`
    if (typeof target !== 'object' || target === null)
      throw new InvalidOption(field, target, "give { path: '/shop/db' }, { under: '/shop' } or { label: 'Database' }")
    checkFields(target, ['path', 'under', 'label'], 'field', field)
    const values = Object.values(target)
    if (values.length !== 1 || typeof values[0] !== 'string')
      throw new InvalidOption(field, target, 'give exactly one of path, under and label, a string')
  })
}
