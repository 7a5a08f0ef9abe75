import { far } from './raw-far.ts'

// A child process without Bulkhead: the argument says what to do with each message.
const send = (message: unknown): void => void process.send?.(message)
process.on('message', far({ send, transfer: send }, process.argv[2] ?? ''))
