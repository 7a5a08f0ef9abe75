import type { Wrap } from '../../transport-memory/test/memory-subject.ts'
import { flawed, near, numberOf } from './wrap.ts'
import type { Rest } from './wrap.ts'

/** A broken transport for each law about what travels beside frames. */
export const brokenBeside: Readonly<Record<string, Wrap>> = {
  'a SharedArrayBuffer beside a frame stays shared': near((sound) =>
    flawed(sound, {
      send: (head, segment, start, end, beside) =>
        sound.send(
          head,
          segment,
          start,
          end,
          beside?.map((item) => (isShared(item) ? item.slice(0) : item)),
        ),
    }),
  ),
  'an ArrayBuffer beside a frame moves: it is detached here and whole there': near((sound) =>
    flawed(sound, {
      send: (head, segment, start, end, beside) =>
        sound.send(
          head,
          segment,
          start,
          end,
          beside?.map((item) => (isShared(item) ? item : item.slice(0))),
        ),
    }),
  ),
  'a frame with something beside it keeps its place': near((sound) => {
    let held: [Uint8Array, ...Rest] | undefined
    return flawed(sound, {
      send: (head, ...rest) => {
        if (rest[3] && numberOf(head) === 4) {
          held = [head, ...rest]
          return true
        }
        const hasRoom = sound.send(head, ...rest)
        if (held) sound.send(...held)
        held = undefined
        return hasRoom
      },
    })
  }),
  'a connection that does not share refuses what would travel beside, and goes on': near((sound) =>
    flawed(sound, { send: (head, segment, start, end) => sound.send(head, segment, start, end) }),
  ),
}

function isShared(item: SharedArrayBuffer | ArrayBuffer): item is SharedArrayBuffer {
  return item instanceof SharedArrayBuffer
}
