/** A way to somebody who answers each message with one of its own. */
export interface Channel<Message> {
  send(message: Message): void
  /** Who hears the answers, and why there will be none; set by whoever sends. */
  answered: (answer: Message) => void
  failed: (reason: unknown) => void
}

/** A channel of a name that can be closed. */
export interface Way<Message> {
  readonly name: string
  readonly channel: Channel<Message>
  close(): Promise<unknown>
}

const nobody = (): void => undefined

/** A channel that is told of each answer by whoever `send` sends to. */
export function channelOf<Message>(send: (message: Message) => void): Channel<Message> {
  return { send, answered: nobody, failed: nobody }
}

/** A channel over a function that asks and gives a promise of the answer. */
export function asking<Message>(ask: (message: Message) => Promise<Message>): Channel<Message> {
  const channel = channelOf<Message>((message) => {
    ask(message).then(
      (answer) => channel.answered(answer),
      (reason) => channel.failed(reason),
    )
  })
  return channel
}
