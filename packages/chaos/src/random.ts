/** Chance that can be repeated: the same seed gives the same numbers, on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** One of the list's members; the list must not be empty. */
  pick<T>(list: readonly T[]): T
  /** A new list with the same members in another order. */
  shuffled<T>(list: readonly T[]): T[]
}

/** The mulberry32 generator: small, and good enough to choose faults with. `seed`: a whole number from 0 to 2 ** 32 - 1. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    pick: (list) => list[Math.floor(next() * list.length)]!,
    shuffled: (list) => {
      const copy = [...list]
      for (let last = copy.length - 1; last > 0; last--) {
        const other = Math.floor(next() * (last + 1))
        ;[copy[last], copy[other]] = [copy[other]!, copy[last]!]
      }
      return copy
    },
  }
}
