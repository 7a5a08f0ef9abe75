import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mail, Mailbox } from '../src/actor/mailbox.ts'
import type { MailKind } from '../src/actor/mailbox.ts'
import { Encoded } from '../src/messaging/encoded.ts'

let number = 0
/** Each mail has a number of its own, so that no two are equal. */
const mail = (kind: MailKind = 'message', sizeBytes = 1): Mail =>
  new Mail(
    kind,
    undefined,
    kind === 'message' ? 0 : ++number,
    kind === 'notice' ? undefined : new Encoded(new Uint8Array(sizeBytes), 0, sizeBytes, undefined),
    undefined,
    undefined,
    ++number,
  )

const filled = (count: number): { mailbox: Mailbox; mails: Mail[] } => {
  const mailbox = new Mailbox()
  const mails = Array.from({ length: count }, () => mail())
  for (const each of mails) mailbox.push(each)
  return { mailbox, mails }
}

function contents(mailbox: Mailbox): Mail[] {
  const found: Mail[] = []
  for (let each = mailbox.first; each !== undefined; each = each.next) found.push(each)
  return found
}

describe('the queue', () => {
  test('gives back in the order of arrival', () => {
    const { mailbox, mails } = filled(3)
    expect([mailbox.shift(), mailbox.shift(), mailbox.shift(), mailbox.shift()]).toEqual([...mails, undefined])
  })

  test('counts mail, what has no bound, and bytes; bounds are about what is neither notice nor system request', () => {
    const mailbox = new Mailbox()
    for (const each of [mail('call', 10), mail('notice'), mail('cast', 5), mail('notice'), mail('system', 7)])
      mailbox.push(each)
    const { count, unbounded, bytes, ordinary } = mailbox
    expect({ count, unbounded, bytes, ordinary }).toEqual({ count: 5, unbounded: 3, bytes: 15, ordinary: 2 })
  })

  test('takeWhere takes the oldest that fits and leaves the others in their order', () => {
    const { mailbox, mails } = filled(4)
    expect(mailbox.takeWhere((each) => each === mails[2] || each === mails[3])).toBe(mails[2])
    expect(contents(mailbox)).toEqual([mails[0], mails[1], mails[3]])
    expect(mailbox.takeWhere(() => false)).toBeUndefined()
  })

  test('clear empties it and gives the chain of what was in it', () => {
    const { mailbox, mails } = filled(2)
    expect(mailbox.clear()).toBe(mails[0])
    expect(mailbox).toMatchObject({
      first: undefined,
      last: undefined,
      count: 0,
      bytes: 0,
      unbounded: 0,
    })
  })
})

describe('a receive that waits', () => {
  test('finds new what it has not seen, and nothing else', () => {
    const { mailbox, mails } = filled(3)
    expect(mailbox.news).toBe(mails[0])
    mailbox.seen = mails[1]
    expect(mailbox.news).toBe(mails[2])
    mailbox.seen = mails[2]
    expect(mailbox.news).toBeUndefined()
    const late = mail()
    mailbox.push(late)
    expect(mailbox.news).toBe(late)
  })

  test('keeps its place when the mail it saw last is taken', () => {
    const { mailbox, mails } = filled(3)
    mailbox.seen = mails[1]
    mailbox.takeWhere((each) => each === mails[1])
    expect(mailbox.news).toBe(mails[2])
  })

  test('keeps its place when the only mail it saw is taken', () => {
    const { mailbox, mails } = filled(2)
    mailbox.seen = mails[0]
    mailbox.shift()
    expect(mailbox.news).toBe(mails[1])
  })

  test('mail that was put back stands where it stood, at either end and in the middle', () => {
    for (const at of [0, 1, 2]) {
      const { mailbox, mails } = filled(3)
      const previous = mails[at - 1]
      mailbox.take(mails[at] as Mail, previous)
      mailbox.putBack(mails[at] as Mail, previous)
      mailbox.push(mail('notice'))
      expect(contents(mailbox).slice(0, 3)).toEqual(mails)
      expect({ count: mailbox.count, bytes: mailbox.bytes, unbounded: mailbox.unbounded }).toEqual({
        count: 4,
        bytes: 3,
        unbounded: 1,
      })
    }
  })
})

describe('marks', () => {
  test('a receive since a ref begins behind what was there when it was made, as that is taken', () => {
    const { mailbox, mails } = filled(3)
    mailbox.mark(10)
    const later = mail()
    mailbox.push(later)
    expect([mailbox.olderThan(9), mailbox.olderThan(10), mailbox.olderThan(11)]).toEqual([
      undefined,
      mails[2],
      mails[2],
    ])
    expect(mailbox.takeWhere((each) => each === mails[2])).toBe(mails[2])
    expect(mailbox.olderThan(10)).toBe(mails[1])
    mailbox.shift()
    mailbox.shift()
    expect(mailbox.olderThan(10)).toBeUndefined()
    expect(mailbox.first).toBe(later)
  })

  test('of many the newest are kept; one that is not known any more begins at an older one, or at the beginning', () => {
    const mailbox = new Mailbox()
    const mails = Array.from({ length: 20 }, () => mail())
    mailbox.mark(0)
    for (const [at, each] of mails.entries()) {
      mailbox.push(each)
      mailbox.mark(10 * (at + 1))
    }
    expect(mailbox.olderThan(200)).toBe(mails[19])
    expect(mailbox.olderThan(195)).toBe(mails[18])
    expect(mailbox.olderThan(10)).toBeUndefined()
    while (mailbox.shift() !== undefined);
    mailbox.push(mail())
    expect(mailbox.olderThan(200)).toBeUndefined()
  })
})

test('any program of push, shift, takeWhere and put back behaves as an array would', () => {
  const step = fc.record({
    do: fc.constantFrom('push', 'push', 'notice', 'shift', 'take', 'look', 'see'),
    at: fc.nat(20),
    sizeBytes: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (program) => {
      const mailbox = new Mailbox()
      const model: Mail[] = []
      let seen = 0
      for (const { do: what, at, sizeBytes } of program) {
        const index = model.length === 0 ? 0 : at % model.length
        const picked = model[index]
        if (what === 'push' || what === 'notice') {
          const each = mail(what === 'notice' ? 'notice' : 'message', sizeBytes)
          mailbox.push(each)
          model.push(each)
        } else if (what === 'shift') {
          expect(mailbox.shift()).toBe(model.shift())
          seen = Math.max(0, seen - 1)
        } else if (what === 'take' && picked !== undefined) {
          expect(mailbox.takeWhere((each) => each === picked)).toBe(picked)
          model.splice(index, 1)
          if (index < seen) seen--
        } else if (what === 'look' && mailbox.news !== undefined) {
          const previous = mailbox.seen
          const news = mailbox.news
          mailbox.take(news, previous)
          mailbox.putBack(news, previous)
          mailbox.seen = news
          seen++
        } else if (what === 'see') {
          mailbox.seen = undefined
          seen = 0
        }
        expect(contents(mailbox)).toEqual(model)
        expect(mailbox.last).toBe(model.at(-1))
        expect(mailbox.news).toBe(model[seen])
        expect(mailbox.count).toBe(model.length)
        expect(mailbox.ordinary).toBe(model.filter(({ kind }) => kind !== 'notice').length)
        expect(mailbox.bytes).toBe(model.reduce((sum, each) => sum + each.sizeBytes, 0))
      }
    }),
    { numRuns: 500 },
  )
})
