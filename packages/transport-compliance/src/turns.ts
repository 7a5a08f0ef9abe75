/** Lets the event loop go round a few times, so that what is due has happened. Proves nothing about other threads and processes. */
export async function turns(count = 1): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** How many turns a side waits for something that must not come, such as a second ending. */
export const someTurns = 5
