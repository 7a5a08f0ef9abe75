import type { Wrap } from '../../transport-memory/test/memory-subject.ts'
import { flawed, hearing, near, numberOf } from './wrap.ts'

/** A broken transport for each law about back-pressure. */
export const brokenPressure: Readonly<Record<string, Wrap>> = {
  'send returns true while there is room': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => sound.send(head, ...rest) && !(head.length === 16 && numberOf(head) === 7),
    }),
  ),
  'send returns false before much more than the high-water mark waits for a side that does not read': near((sound) => {
    let isClosing = false
    return flawed(sound, {
      send: (head, ...rest) => sound.send(head, ...rest) || !isClosing,
      close: () => {
        isClosing = true
        sound.close()
      },
    })
  }),
  'pendingBytes says how much waits, and falls to 0 when it has gone': near((sound) => {
    let least = 0
    return flawed(sound, {
      pendingBytes: () => {
        if (sound.pendingBytes > 0) least = 1
        return Math.max(least, sound.pendingBytes)
      },
    })
  }),
  'drained follows a send that returned false, once there is room': near((sound) => {
    let last = 0
    const deaf = hearing(sound, (receiver) => ({ drained: () => last === 32 * 1024 || receiver.drained() }))
    return flawed(deaf, {
      send: (head, ...rest) => {
        last = head.length
        return sound.send(head, ...rest)
      },
    })
  }),
  'drained never comes unless send returned false': near((sound) =>
    hearing(sound, (receiver) => ({
      frame: (segment, start, end, beside) => {
        receiver.frame(segment, start, end, beside)
        if (end - start === 16 && numberOf(segment, start) === 150) receiver.drained()
      },
    })),
  ),
  'a sender that ignores false loses nothing': near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => {
        const isLost = head.length === 32 * 1024 && numberOf(head) === 7
        return !isLost && sound.send(head, ...rest)
      },
    }),
  ),
  'two sides that flood each other do not stand still': near((sound) => {
    let isBlocked = false
    let held = 0
    const still = hearing(sound, (receiver) => ({
      frame: (segment, start, end, beside) => {
        if (isBlocked) held += 1
        else receiver.frame(segment, start, end, beside)
      },
      drained: () => {
        if (held > 0) return
        isBlocked = false
        receiver.drained()
      },
    }))
    return flawed(still, {
      send: (head, ...rest) => {
        const hasRoom = sound.send(head, ...rest)
        if (!hasRoom && head.length === 4096) isBlocked = true
        return hasRoom
      },
    })
  }),
}
