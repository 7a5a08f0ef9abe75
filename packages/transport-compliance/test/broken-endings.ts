import type { Connection, Ending, Receiver } from '@bulkhead/core/transport'
import type { Wrap } from '../../transport-memory/test/memory-subject.ts'
import { far, flawed, hearing, hearingOne, near, numberOf } from './wrap.ts'

/** A broken transport for each law about endings and sudden death. */
export const brokenEndings: Readonly<Record<string, Wrap>> = {
  'close lets through what was sent in the same turn': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => {
        if (head.length !== 64 || numberOf(head) !== 99) return sound.send(head, ...rest)
        setImmediate(() => sound.send(head, ...rest))
        return true
      },
    }),
  ),
  'close lets through what the other side answers before it sees the close': near((sound) => {
    let isClosing = false
    const deaf = hearing(sound, (receiver) => ({
      frame: (segment, start, end, beside) => isClosing || receiver.frame(segment, start, end, beside),
    }))
    return flawed(deaf, {
      close: () => {
        isClosing = true
        sound.close()
      },
    })
  }),
  'after close both sides see closed': far((sound) => endingAs(sound, false, 'lost')),
  'both sides may close at once': far((sound) => endingAs(sound, true, 'lost')),
  'a connection ends once': near((sound) =>
    afterManyFrames(sound, (receiver, ending) => {
      receiver.closed(ending)
      receiver.closed(ending)
    }),
  ),
  'no frame follows the ending': near((sound) =>
    afterManyFrames(sound, (receiver, ending) => {
      receiver.closed(ending)
      receiver.frame(new Uint8Array(8), 0, 8, undefined)
    }),
  ),
  'send returns false and does nothing once the connection is closing or has ended': near((sound) => {
    let isClosing = false
    return flawed(sound, {
      send: (head, ...rest) => sound.send(head, ...rest) || isClosing,
      close: () => {
        isClosing = true
        sound.close()
      },
    })
  }),
  'after cut this side sees cut and nothing more': near((sound) =>
    hearing(sound, (receiver) => ({
      closed: (ending) => receiver.closed(ending.how === 'cut' ? { how: 'closed' } : ending),
    })),
  ),
  'after cut the other side sees the end too': near((sound) => {
    let heard = 0
    const listening = hearing(sound, (receiver) => ({
      frame: (segment, start, end, beside) => {
        heard += 1
        receiver.frame(segment, start, end, beside)
      },
    }))
    return flawed(listening, { cut: () => heard >= 100 && sound.cut() })
  }),
  'sudden death (vanish): what arrives is a prefix of what was sent': near((sound) =>
    hearingOne(sound, 1_500, 200, () => {}),
  ),
  'sudden death (vanish): the connection ends as lost, once, behind the last frame': near((sound) =>
    hearing(sound, (receiver) => ({
      closed: (ending) => receiver.closed(ending.how === 'lost' ? { how: 'closed' } : ending),
    })),
  ),
  'sudden death (vanish): what was sent in an earlier turn arrives, also at a side that did not receive yet': near(
    (sound) => losingAfterSends(sound, 0),
  ),
  'sudden death (vanish): sending to the dead costs nothing of what it had sent': near((sound) =>
    losingAfterSends(sound, 10),
  ),
}

/** Reports an orderly ending as another one, to a side that has closed itself, or to one that has not. */
function endingAs(sound: Connection, toCloser: boolean, how: Ending['how']): Connection {
  let isCloser = false
  const changed = hearing(sound, (receiver) => ({
    closed: (ending) => receiver.closed(ending.how === 'closed' && isCloser === toCloser ? { how } : ending),
  }))
  return flawed(changed, {
    close: () => {
      isCloser = true
      sound.close()
    },
  })
}

/** Does something else at an orderly ending that comes behind 300 frames. */
function afterManyFrames(sound: Connection, end: (receiver: Receiver, ending: Ending) => void): Connection {
  let frames = 0
  return hearing(sound, (receiver) => ({
    frame: (segment, start, stop, beside) => {
      frames += 1
      receiver.frame(segment, start, stop, beside)
    },
    closed: (ending) => (ending.how === 'closed' && frames === 300 ? end(receiver, ending) : receiver.closed(ending)),
  }))
}

/** Loses frame 50 of 20 bytes at a side that has sent so many frames itself. */
function losingAfterSends(sound: Connection, sends: number): Connection {
  let sent = 0
  const losing = hearing(sound, (receiver) => ({
    frame: (segment, start, end, beside) => {
      const isLost = sent === sends && end - start === 20 && numberOf(segment, start) === 50
      if (!isLost) receiver.frame(segment, start, end, beside)
    },
  }))
  return flawed(losing, {
    send: (head, ...rest) => {
      sent += 1
      return sound.send(head, ...rest)
    },
  })
}
