import { Down, InvalidOption, isPid } from '@bulkhead/core'
import type { Heard } from '../../../laws/fixtures/puppet.ts'
import { inErlang } from '../../in-erlang.ts'
import type { Labels } from '../../in-erlang.ts'

/** A message in Erlang's words. A name by which somebody was monitored is `{Name, Node}` there, where the node is the word here. */
export function words(message: unknown, labels?: Labels): unknown {
  const said = inErlang(message, labels)
  if (message instanceof Down && !isPid(message.target)) (said as unknown[])[3] = [message.target, 'here']
  return said
}

/** What puppets heard, in the same words. */
export function heardWords(heard: readonly Heard[], labels?: Labels): unknown[] {
  return heard.map((each) => {
    if ('exit' in each) return ['EXIT', inErlang(each.from, labels), inErlang(each.exit)]
    if ('down' in each) return words(new Down(each.ref, each.target, each.down), labels)
    if ('timeout' in each) return ['timeout', 'ref', inErlang(each.timeout)]
    return 'message' in each ? inErlang(each.message, labels) : each
  })
}

/** What something returns, or throws: `badarg` is an `InvalidOption`. */
export function outcome(use: () => unknown): unknown {
  try {
    return use()
  } catch (error) {
    return error instanceof InvalidOption ? ['error', 'badarg'] : error
  }
}
