const CAPACITY_MIN = 64
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
    if (this.#size === this.#keys.length || (this.#displaced?.size ?? 0) * 8 > this.#keys.length)
      this.#resize(this.#keys.length * 2)
    this.#size++
    this.#put(key, value)
  }

  delete(key: number): boolean {
    const at = key & (this.#keys.length - 1)
    if (this.#keys[at] === key && this.#values[at] !== undefined) this.#values[at] = undefined
    else if (this.#displaced === undefined || !this.#displaced.delete(key)) return false
    else if (this.#displaced.size === 0) this.#displaced = undefined
    this.#size--
    if (this.#keys.length > SHRINKABLE && this.#size * 16 < this.#keys.length) this.#resize(this.#keys.length / 2)
    return true
  }

  clear(): void {
    this.#keys = filled(CAPACITY_MIN, 0)
    this.#values = filled(CAPACITY_MIN, undefined)
    this.#displaced = undefined
    this.#size = 0
  }

  /** What is in it now, in the order of the numbers. */
  entries(): [number, T][] {
    const all: [number, T][] = [...(this.#displaced ?? [])]
    this.#values.forEach((value, at) => value !== undefined && all.push([this.#keys[at] as number, value]))
    return all.sort(([one], [other]) => one - other)
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

  #put(key: number, value: T): void {
    const at = key & (this.#keys.length - 1)
    if (this.#values[at] !== undefined) {
      ;(this.#displaced ??= new Map()).set(key, value)
      return
    }
    this.#keys[at] = key
    this.#values[at] = value
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
