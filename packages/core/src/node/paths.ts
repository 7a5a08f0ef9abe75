/** Paths in the tree. Who starts many under one id, as a rule one after the other, has one text for all of them. */
export class Paths {
  #parent: string | undefined
  #id = ''
  #path = ''

  of(parent: string, id: string): string {
    if (id === '') return ''
    if (id === this.#id && parent === this.#parent) return this.#path
    this.#parent = parent
    this.#id = id
    this.#path = `${parent}/${id}`
    return this.#path
  }
}
