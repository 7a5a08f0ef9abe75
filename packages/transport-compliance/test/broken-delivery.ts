import type { Receiver } from '@bulkhead/core/transport'
import type { Wrap } from '../../transport-memory/test/memory-subject.ts'
import { far, flawed, hearing, hearingOne, near, numberOf } from './wrap.ts'

/** A broken transport for each law about delivery, sizes and gathering: what is done to the ends of its links. */
export const brokenDelivery: Readonly<Record<string, Wrap>> = {
  'frames arrive in the order in which they were sent': far((sound) => {
    let kept: Uint8Array | undefined
    return hearing(sound, (receiver) => ({
      frame: (segment, start, end, beside) => {
        if (numberOf(segment, start) === 2_900) kept = segment.slice(start, end)
        else receiver.frame(segment, start, end, beside)
        if (numberOf(segment, start) === 2_901 && kept) receiver.frame(kept, 0, kept.length, undefined)
      },
    }))
  }),
  'no frame is lost': far((sound) => hearingOne(sound, 2_900, undefined, () => {})),
  'no frame arrives twice': far((sound) =>
    hearingOne(sound, 2_900, undefined, (receiver, frame) => {
      deliver(receiver, frame)
      deliver(receiver, frame)
    }),
  ),
  'an empty frame is a frame': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => head.length + (rest[0]?.length ?? 0) === 0 || sound.send(head, ...rest),
    }),
  ),
  'head and body arrive as one frame, the head first': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) =>
        rest[0] && head.length + rest[0].length === 100 ? sound.send(rest[0], head) : sound.send(head, ...rest),
    }),
  ),
  'of a segment only the bytes from start to end are sent': near((sound) =>
    flawed(sound, {
      send: (head, segment, start, end, ...rest) =>
        sound.send(head, segment, start, end === 100 ? segment?.length : end, ...rest),
    }),
  ),
  'what is done to the bytes after send changes nothing': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => {
        if (head.length !== 5_050) return sound.send(head, ...rest)
        queueMicrotask(() => sound.send(head, ...rest))
        return true
      },
    }),
  ),
  'a body that is handed over arrives behind its head': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => {
        const [segment, start, end, , isYours] = rest
        return isYours && segment ? sound.send(segment.slice(start, end), head) : sound.send(head, ...rest)
      },
    }),
  ),
  'a frame that is the receiver’s to keep lies alone, and nothing is written over it': near((sound) =>
    hearing(sound, (receiver) => ({
      frame: (...args) => {
        receiver.frame(...args)
        const [segment, start, end, , isYours] = args
        if (isYours) segment.fill(0xdd, start, end)
      },
    })),
  ),
  'frames that arrive before receive was called wait for it': near((sound) => hearingOne(sound, 2_500, 40, () => {})),
  'nothing is called back from inside a call': near((sound) => {
    const early: ((receiver: Receiver) => void)[] = []
    let user: Receiver | undefined
    const hand = (call: (receiver: Receiver) => void) => void (user ? call(user) : early.push(call))
    sound.receive({
      frame: (segment, start, end, beside) => {
        if (user) return user.frame(segment, start, end, beside)
        const kept = segment.slice(start, end)
        early.push((receiver) => receiver.frame(kept, 0, kept.length, beside))
      },
      drained: () => hand((receiver) => receiver.drained()),
      closed: (ending) => hand((receiver) => receiver.closed(ending)),
    })
    return flawed(sound, {
      receive: (receiver) => {
        user = receiver
        for (const call of early) call(receiver)
      },
    })
  }),
  'a frame of any length arrives with every byte': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => sound.send(head.length === 1_023 ? head.subarray(0, 1_022) : head, ...rest),
    }),
  ),
  'a very large frame arrives whole, between its neighbours': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => sound.send(head.subarray(0, 1_500_000), ...rest),
    }),
  ),
  'frames are delivered where they lie, many in one segment': far((sound) =>
    hearing(sound, (receiver) => ({
      frame: (segment, start, end, beside) => receiver.frame(segment.slice(start, end), 0, end - start, beside),
    })),
  ),
}

function deliver(receiver: Receiver, frame: Uint8Array): void {
  receiver.frame(frame, 0, frame.length, undefined)
}
