/**
 * What travels of a request: the name of its handler and its arguments, few as a rule. Those are written out, since spreading them makes an array
 * with room for many more.
 */
export function requestBody(name: string, args: readonly unknown[]): readonly unknown[] {
  switch (args.length) {
    case 0:
      return [name]
    case 1:
      return [name, args[0]]
    case 2:
      return [name, args[0], args[1]]
    default:
      return [name, ...args]
  }
}
