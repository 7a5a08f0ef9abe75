import { nanoid } from 'nanoid'

/** The id of a new system. Whoever names it on a command line must not be taken to give an option, so it does not begin with a hyphen. */
export function newSystemId(draw: () => string = () => nanoid(10)): string {
  for (;;) {
    const id = draw()
    if (!id.startsWith('-')) return id
  }
}
