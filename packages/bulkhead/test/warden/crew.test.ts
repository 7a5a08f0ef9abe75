import { describe, expect, test } from 'vitest'
import type { FromCrew, ToCrew } from '../../src/crew/crew-control.ts'
import type { Outlets } from '../../src/output/outlet.ts'
import { Crew } from '../../src/warden/crew.ts'
import type { CrewOptions, CrewProcess } from '../../src/warden/crew.ts'
import type { LaunchProfile } from '../../src/warden/launch-profile.ts'
import type { BodyEnd } from '../../src/warden/node-body.ts'
import type { Judgement } from '../../src/warden/stuck.ts'

const profile: LaunchProfile = { kind: 'thread', handlerMs: 100 }

/** A crew without an OS process, whose readers have room when they are told so. */
function newCrew(sole?: { readonly node: number; readonly serial: number }) {
  const posted: ToCrew[] = []
  const log: string[] = []
  const waiting: (() => void)[] = []
  const judgements: Judgement[] = []
  let hasRoom = true
  const outlet = {
    write: () => true,
    whenRoom: () => {},
    whenReady: (then: () => void) => (hasRoom ? then() : waiting.push(then)),
  }
  const body = {
    osProcess: 4711,
    isOver: false,
    output: { lastLines: ['assertion failed'] },
    post: (message: ToCrew) => posted.push(message),
    look: () => judgements.shift() ?? { state: 'idle' },
    kill: () => log.push('killed'),
  }
  const process: CrewOptions['process'] = {
    body: body as unknown as CrewProcess,
    events: { message: () => {}, ended: () => {} },
  }
  const crew = new Crew({
    domain: 'crew 1',
    process,
    outlets: { stdout: outlet, stderr: outlet } as unknown as Outlets,
    sole: () => sole,
    vacant: () => log.push('vacant'),
    gone: () => log.push('gone'),
  })
  const ends: { readonly node: number; readonly end: BodyEnd; readonly gone: boolean }[] = []
  for (const node of [5, 6]) crew.launch(node, profile).events.ended = (end, gone) => ends.push({ node, end, gone })
  posted.length = 0
  return {
    crew,
    posted,
    log,
    ends,
    judgements,
    hear: (news: FromCrew) => process.events.message(news),
    finish: (end: BodyEnd, gone: boolean) => process.events.ended(end, gone),
    setRoom: (room: boolean) => {
      hasRoom = room
      if (room) for (const then of waiting.splice(0)) then()
    },
  }
}

const printed = (bytes: number): FromCrew => ({
  type: 'printed',
  node: 5,
  stream: 'stdout',
  text: Buffer.alloc(bytes, '.'),
  actor: undefined,
})

describe('the end of the OS process of a crew', () => {
  const end: BodyEnd = { cause: 'signaled', signal: 'SIGSEGV' }
  const shared = { ...end, domain: 'crew 1', output: ['assertion failed'] }

  test('is that of all its nodes, of one domain, and nobody is to blame; then it is gone', () => {
    const { ends, log, finish } = newCrew()
    finish(end, true)
    expect(ends).toEqual([5, 6].map((node) => ({ node, end: { ...shared, culprit: 'unknown' }, gone: true })))
    expect(log).toEqual(['gone'])
  })

  test('is blamed on its only actor', () => {
    const { ends, finish } = newCrew({ node: 6, serial: 3 })
    finish(end, true)
    expect(ends.map((each) => each.end.culprit)).toEqual(['unknown', 3])
  })

  test('of one that was stopped is told before it is ended, and lets nobody in', () => {
    const { crew, ends, log, judgements } = newCrew()
    judgements.push({ state: 'stuck', what: 'loop', forMs: 5_000 })
    crew.look(5)
    expect(ends.map(({ gone }) => gone)).toEqual([false, false])
    expect(log).toEqual(['killed'])
    expect(crew.isOver).toBe(true)
    expect(() => crew.launch(7, profile)).toThrow(/has ended/)
  })
})

describe('a round looks at the OS process once', () => {
  test('for the first of its threads that lives, whatever became of those before', () => {
    const { crew, judgements, hear } = newCrew()
    const busy: Judgement = { state: 'busy', nextLookMs: 50 }
    judgements.push(busy, busy)
    expect([crew.look(5), crew.look(6)]).toEqual([busy, { state: 'idle' }])
    hear({ type: 'ended', node: 5, end: { cause: 'stuck' }, silentMs: 1, gone: false })
    expect([crew.look(5), crew.look(6)]).toEqual([{ state: 'idle' }, busy])
  })
})

describe('a crew in which nobody lives', () => {
  const cutOff = (node: number, gone: boolean): FromCrew => ({
    type: 'ended',
    node,
    end: { cause: 'stuck' },
    silentMs: 1,
    gone,
  })

  test('is vacant, also while a thread that was cut off lingers; that one does not leave by itself', () => {
    const { crew, log, posted, hear } = newCrew()
    hear(cutOff(5, true))
    expect(log).toEqual([])
    hear(cutOff(6, false))
    expect(log).toEqual(['vacant'])
    crew.leave()
    expect(log).toEqual(['vacant', 'killed'])
    expect(posted).toEqual([])
  })

  test('leaves in order when it has no threads', () => {
    const { crew, log, posted, hear } = newCrew()
    hear(cutOff(5, true))
    hear(cutOff(6, true))
    crew.leave()
    expect([log, posted]).toEqual([['vacant'], [{ type: 'leave' }]])
  })
})

describe('what its threads print', () => {
  const kb = 1_024

  test('is told as taken, many lines at a time', () => {
    const { posted, hear } = newCrew()
    for (let i = 0; i < 4; i++) hear(printed(6 * kb))
    expect(posted).toEqual([{ type: 'took', stream: 'stdout', bytes: 18 * kb }])
  })

  test('is not, while the reader is behind; then all of it', () => {
    const { posted, hear, setRoom } = newCrew()
    setRoom(false)
    for (let i = 0; i < 4; i++) hear(printed(16 * kb))
    expect(posted).toEqual([])
    setRoom(true)
    expect(posted).toEqual([{ type: 'took', stream: 'stdout', bytes: 64 * kb }])
    hear(printed(16 * kb))
    expect(posted.at(-1)).toEqual({ type: 'took', stream: 'stdout', bytes: 16 * kb })
  })
})
