import type { Outcome } from './program.ts'

const fields = ['spawns', 'messages', 'checksum'] as const

/**
 * What is wrong with the outcomes of one program, a line for each: those that are not what they should be, and those that say something else than
 * the first one does.
 */
export function disagreements(
  program: string,
  expected: Partial<Outcome>,
  outcomes: readonly { readonly who: string; readonly outcome: Outcome }[],
): readonly string[] {
  const [first] = outcomes
  if (first === undefined) return [`${program}: nobody has run it`]
  return outcomes.flatMap(({ who, outcome }) =>
    fields.flatMap((field) => {
      const due = expected[field] ?? first.outcome[field]
      return outcome[field] === due ? [] : [`${program}, ${who}: ${field} is ${outcome[field]}, and should be ${due}`]
    }),
  )
}
