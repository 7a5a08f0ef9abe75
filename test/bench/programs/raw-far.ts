/** How the far side of what the platform offers raw answers. */
export interface Answer {
  send(message: unknown): void
  /** The buffer goes along and is not copied; of worker threads only. */
  transfer(message: Uint8Array<ArrayBuffer>): void
}

/** What to do with each message, by its name and a number. */
export function far(answer: Answer, does: string): (message: unknown) => void {
  const [name = '', number] = does.split(' ')
  return handler(answer, name, Number(number)) as (message: unknown) => void
}

function handler(answer: Answer, name: string, number: number): (message: never) => void {
  switch (name) {
    case 'echo':
      return answer.send
    case 'copy-and-transfer':
      return (bytes: Uint8Array<ArrayBuffer>) => answer.transfer(bytes.slice())
    case 'transfer':
      return answer.transfer
    case 'touch':
      return (numbers: Int32Array<SharedArrayBuffer>) => {
        numbers[0]! += 1
        answer.send(numbers)
      }
    case 'base64':
      return (text: string) => answer.send(Buffer.from(text, 'base64').toString('base64'))
    case 'sink':
      return sink(answer, number)
    default:
      throw new Error(`${name}: there is nothing of that name to do`)
  }
}

/** Answers every so many messages with what they were. */
function sink(answer: Answer, every: number): (message: { readonly id: number }) => void {
  let handled = 0
  let sum = 0
  return ({ id }) => {
    sum += id
    if (++handled < every) return
    answer.send({ handled, sum })
    handled = 0
    sum = 0
  }
}
