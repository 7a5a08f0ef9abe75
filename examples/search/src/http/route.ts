// Shows: what a request asks for, decided without a server: so each refusal can be tested as a line in a table.
import { parseQuery, type Query } from '../query.ts'

export interface Problem {
  readonly status: number
  readonly code: string
  readonly message: string
}

export type Route =
  | { readonly kind: 'search'; readonly query: Query }
  | { readonly kind: 'page' }
  | { readonly kind: 'problem'; readonly problem: Problem }

export const ADDRESS_LENGTH_MAX = 2_000

export function routeOf(method: string, address: string): Route {
  if (address.length > ADDRESS_LENGTH_MAX)
    return problem(
      414,
      'address_too_long',
      `the address has ${address.length} characters: at most ${ADDRESS_LENGTH_MAX}`,
    )
  const [path, search = ''] = splitAtFirst(address, '?')
  if (path !== '/' && path !== '/search')
    return problem(404, 'not_found', 'there is only /search?q=some+words, and a page for it at /')
  if (method !== 'GET' && method !== 'HEAD')
    return problem(405, 'method_not_allowed', 'only GET and HEAD are allowed here')
  if (path === '/') return { kind: 'page' }
  const parsed = parseQuery(new URLSearchParams(search).getAll('q'))
  return parsed.ok ? { kind: 'search', query: parsed.query } : problem(400, parsed.error.code, parsed.error.message)
}

function problem(status: number, code: string, message: string): Route {
  return { kind: 'problem', problem: { status, code, message } }
}

function splitAtFirst(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
