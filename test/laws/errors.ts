import { expect } from 'vitest'
import type { CallFailed, Down } from '@bulkhead/core'
import { errors, Overdrawn } from './fixtures/marked.ts'
import { law } from './law.ts'
import type { Law, Stage } from './law.ts'

type Kind = keyof typeof errors

/** What each error must look like after it crossed. */
const looks: Readonly<Record<Kind, (error: Error) => void>> = {
  plain: (error) => {
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype)
    expect(error.message).toBe('plain')
  },
  typed: (error) => {
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ name: 'TypeError', message: 'typed' })
  },
  coded: (error) => {
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'coded', code: 'E_CODED', errno: -7, detail: { at: [1, 2] } })
  },
  caused: (error) => {
    expect(error.cause).toBeInstanceOf(SyntaxError)
    expect(error.cause).toMatchObject({ message: 'middle', cause: 'a plain cause' })
  },
  aggregate: (error) => {
    expect(error).toBeInstanceOf(AggregateError)
    const [one, two] = (error as AggregateError).errors as Error[]
    expect(one).toBeInstanceOf(TypeError)
    expect(two).toBeInstanceOf(Overdrawn)
    expect(two).toMatchObject({ missing: 2 })
  },
  registered: (error) => {
    expect(error).toBeInstanceOf(Overdrawn)
    expect(error).toMatchObject({ name: 'Overdrawn', code: 'overdrawn', missing: 5, message: '5 missing' })
    expect(error.cause).toMatchObject({ message: 'bank' })
  },
}

const kinds = Object.keys(errors) as Kind[]

/** Has an actor fail with the error; gives what a monitor heard and what the caller was told. */
async function failures({ puppet, take, watch }: Stage, how: 'throw' | 'reject', kind: Kind) {
  const { pid, ref } = await puppet({ id: 'thrower' })
  await watch(pid)
  const failing = ref.call[how](kind).then(
    () => undefined,
    (error: unknown) => (error as CallFailed).reason as Error,
  )
  const [down] = (await take(1)) as Down[]
  return { pid, heard: down?.reason as Error, told: (await failing) as Error }
}

export const errorLaws: readonly Law[] = [
  ...kinds.flatMap((kind) => [
    law(`a thrown ${kind} error crosses with class, code, own fields and cause`, async (stage) => {
      const { heard, told } = await failures(stage, 'throw', kind)
      looks[kind](heard)
      looks[kind](told)
    }),
    law(`a refused ${kind} error does as well`, async ({ puppet }) => {
      const { ref } = await puppet()
      const error = await ref.call.refuse(kind).then(
        () => undefined,
        (failure: unknown) => failure as Error,
      )
      looks[kind](error as Error)
    }),
    law(`a ${kind} error sent in a message does as well`, async ({ puppet }) => {
      const { ref } = await puppet()
      looks[kind]((await ref.call.echo(errors[kind]())) as Error)
    }),
  ]),

  law('a rejected promise is a crash like a throw', async (stage) => {
    const { heard, told } = await failures(stage, 'reject', 'registered')
    looks.registered(heard)
    looks.registered(told)
  }),

  law('a stack ends with the actor in which the error was raised', async (stage) => {
    for (const how of ['throw', 'reject'] as const) {
      const { pid, heard, told } = await failures(stage, how, 'typed')
      for (const { stack = '' } of [heard, told]) {
        expect(stack).toContain('TypeError: typed')
        expect(stack.split('\n').at(-1)).toBe(`    in actor ${stage.self.path}/closure/thrower (Puppet.${how}) ${pid}`)
      }
    }
  }),

  law('a thrown value that is no error stays what it is, inside nocatch', async ({ puppet, take, watch }) => {
    const { pid, ref } = await puppet()
    await watch(pid)
    const failing = ref.call.throwValue({ code: 5, list: [1] }).catch((error: CallFailed) => error.reason)
    expect(await take(1)).toMatchObject([{ reason: { nocatch: { code: 5, list: [1] } } }])
    expect(await failing).toEqual({ nocatch: { code: 5, list: [1] } })
  }),
]
