const CAPACITY_MIN = 256
/** Below it is not worth while to grow again. */
const SHRINKABLE = 1024

/**
 * A map by numbers that are given one after the other, such as refs and serials, in which few stay for long. In a `Map` with such a coming and
 * going, each table that it has outgrown points to the next one: once the collector has moved one to its old space, all that ever was in those
 * behind it is moved there, too, dead as it is. Here an entry has a place of its own, given by its number, and leaves nothing there.
 */
export class NumberedMap<T extends object> {
  #keys: number[] = filled(CAPACITY_MIN, 0)
  #values: (T | undefined)[] = filled(CAPACITY_MIN, undefined)
  /** Those whose place is taken by one that stays for long. */
  #displaced: Map<number, T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: number): T | undefined {
    const at = key & (this.#keys.length - 1)
    return this.#keys[at] === key && this.#values[at] !== undefined ? this.#values[at] : this.#displaced?.get(key)
  }

  has(key: number): boolean {
    return this.get(key) !== undefined
  }

  set(key: number, value: T): void {
    if (this.#replace(key, value)) return
    this.#size++
    if (this.#put(key, value)) return
    // Where there is little room, more of it gives most of them places of their own.
    if (this.#size * 4 > this.#keys.length) this.#resize(this.#keys.length * 2)
  }

  delete(key: number): boolean {
    const at = key & (this.#keys.length - 1)
    if (this.#keys[at] === key && this.#values[at] !== undefined) this.#values[at] = undefined
    else if (this.#displaced?.delete(key) !== true) return false
    this.#size--
    if (this.#keys.length > SHRINKABLE && this.#size * 32 < this.#keys.length) this.#resize(this.#keys.length / 2)
    return true
  }

  /** What is in it now, in the order of the numbers. */
  entries(): [number, T][] {
    return this.where(() => true)
  }

  /** Those for which `fits` holds, in the order of the numbers. */
  where(fits: (value: T) => boolean): [number, T][] {
    const found: [number, T][] = []
    const values = this.#values
    for (let at = 0; at < values.length; at++) {
      const value = values[at]
      if (value !== undefined && fits(value)) found.push([this.#keys[at] as number, value])
    }
    for (const [key, value] of this.#displaced ?? []) if (fits(value)) found.push([key, value])
    return found.length < 2 ? found : found.sort(([one], [other]) => one - other)
  }

  keys(): number[] {
    return this.entries().map(([key]) => key)
  }

  values(): T[] {
    return this.entries().map(([, value]) => value)
  }

  #replace(key: number, value: T): boolean {
    const at = key & (this.#keys.length - 1)
    if (this.#keys[at] === key && this.#values[at] !== undefined) this.#values[at] = value
    else if (this.#displaced?.has(key) === true) this.#displaced.set(key, value)
    else return false
    return true
  }

  /** False when the place that it should have is taken. */
  #put(key: number, value: T): boolean {
    const at = key & (this.#keys.length - 1)
    if (this.#values[at] !== undefined) {
      ;(this.#displaced ??= new Map()).set(key, value)
      return false
    }
    this.#keys[at] = key
    this.#values[at] = value
    return true
  }

  #resize(capacity: number): void {
    const all = this.entries()
    this.#keys = filled(capacity, 0)
    this.#values = filled(capacity, undefined)
    this.#displaced = undefined
    for (const [key, value] of all) this.#put(key, value)
  }
}

const filled = <V>(length: number, value: V): V[] => Array.from({ length }, () => value)
