import { TokenWriter } from './codec-token-writer.ts'
import { annotations, arrayBufferKind, extension, largeBytes } from './codec-wire.ts'
import { Obstacle } from './obstacle.ts'

/** Up to this many objects of a message are told apart by looking through a list; more need a Map. */
const listMax = 16
const nameBytes = 6
const noObject = {}

/**
 * Writes an object that a message contains more than once, or inside itself, only once, and pointers to it after that.
 * Such an object gets a name, which stands before it. That it needs one is known when the first pointer is written, so
 * names are inserted at the end.
 */
export class SharingWriter extends TokenWriter {
  /** Whether the frame holds anything but plain data. */
  protected rich = false
  /** The objects met, and where in the frame each begins. */
  readonly #objects: object[] = []
  readonly #offsets: number[] = []
  #count = 0
  #indexes: Map<object, number> | undefined
  /** The names of the objects that are pointed to, by their indexes. Names count from 1. */
  readonly #names = new Map<number, number>()
  /** Indexes of the objects being written that the receiver cannot point to before they are whole. */
  readonly #open: number[] = []
  /** Buffers that were written as a view which covers them: by their index, that of the view. */
  readonly #covered = new Map<number, { readonly view: number; readonly byteLength: number }>()

  /** Whether the object was met before in this message; if so, a pointer to it was written. */
  protected met(object: object): boolean {
    const index = this.#find(object)
    if (index < 0) this.#add(object)
    else this.#pointTo(index)
    return index >= 0
  }

  #find(object: object): number {
    if (this.#indexes !== undefined) return this.#indexes.get(object) ?? -1
    const objects = this.#objects
    for (let index = 0; index < this.#count; index++) if (objects[index] === object) return index
    return -1
  }

  #add(object: object): void {
    const index = this.#count++
    this.#offsets[index] = this.position - this.start
    if (index === listMax) this.#indexes = new Map(this.#objects.map((early, at) => [early, at]))
    if (this.#indexes === undefined) this.#objects[index] = object
    else this.#indexes.set(object, index)
  }

  #pointTo(index: number): void {
    this.rich = true
    const covered = this.#covered.get(index)
    if (covered !== undefined) {
      this.viewOf(arrayBufferKind, () => this.#pointTo(covered.view), 0, covered.byteLength)
      return
    }
    if (this.#open.includes(index)) throw new Obstacle('leads back to a value of a registered class that contains it')
    let name = this.#names.get(index)
    if (name === undefined) this.#names.set(index, (name = this.#names.size + 1))
    this.reference(extension.pointer, name)
  }

  /** From here to {@link close} the content of the object met last is written, in which nothing may lead back to it. */
  protected open(): void {
    this.#open.push(this.#count - 1)
  }

  protected close(): void {
    this.#open.pop()
  }

  /** Writes a view by naming the buffer that it is of. `length` counts elements, or the bytes of a DataView. */
  protected viewOf(kind: number, writeBuffer: () => void, byteOffset: number, length: number): void {
    this.rich = true
    this.annotate(annotations.view)
    this.arrayHead(4)
    this.number(kind)
    writeBuffer()
    this.room(0)
    this.number(byteOffset)
    this.room(0)
    this.number(length)
  }

  /**
   * For the view met last, which covers its whole buffer. If that buffer was met before, the view is written as one of
   * that buffer. If not, returns false, and later the buffer and its other views are written as views of the buffer of
   * this one.
   */
  protected sharesBuffer(buffer: ArrayBuffer, kind: number, length: number): boolean {
    const view = this.#count - 1
    const index = this.#find(buffer)
    if (index < 0) {
      this.#covered.set(this.#count, { view, byteLength: buffer.byteLength })
      this.#add(buffer)
      return false
    }
    const target = this.#covered.get(index)?.view ?? index
    this.viewOf(kind, () => this.#pointTo(target), 0, length)
    return true
  }

  /** Puts the names before their objects, and before a large frame the mark that it is not plain data. */
  protected insertNames(): void {
    const isLarge = this.position - this.start + this.#names.size * nameBytes >= largeBytes
    if (!isLarge && this.#names.size === 0) return
    const names = [...this.#names].map(([index, name]) => ({ name, offset: this.#offsets[index] as number }))
    if (isLarge) names.push({ name: 0, offset: 0 })
    names.sort((one, other) => one.offset - other.offset || one.name - other.name)
    let distance = names.length * nameBytes
    this.room(distance)
    let end = this.position
    this.position += distance
    for (const { name, offset } of names.toReversed()) {
      const from = this.start + offset
      this.bytes.copyWithin(from + distance, from, end)
      distance -= nameBytes
      this.#insertName(from + distance, name)
      end = from
    }
  }

  #insertName(at: number, name: number): void {
    const { position } = this
    this.position = at
    this.byte(0xd6)
    this.byte(extension.named)
    this.uint32(name)
    this.position = position
  }

  /** Lets go of what was met, so that the next frame begins with nothing. */
  protected forget(): void {
    for (let index = Math.min(this.#count, listMax) - 1; index >= 0; index--) this.#objects[index] = noObject
    this.#count = 0
    this.#indexes = undefined
    if (this.#covered.size > 0) this.#covered.clear()
    if (!this.rich) return
    this.rich = false
    if (this.#names.size > 0) this.#names.clear()
    this.#open.length = 0
  }
}
