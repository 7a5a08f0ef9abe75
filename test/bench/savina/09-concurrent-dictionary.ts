import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

/** `entries`: how many the dictionary has from the beginning. */
type Sizes = Readonly<Record<'workers' | 'messages' | 'writePercent' | 'entries', number>>

interface DictionaryProtocol {
  calls: { count: () => { readonly size: number; readonly handled: number } }
  casts: {
    write: (from: Pid, key: number, value: number) => void
    read: (from: Pid, key: number) => void
  }
}

/** Owns a map, and answers with a value, or 0. */
export const Dictionary: Server<[entries: number], DictionaryProtocol> = defineServer(import.meta, 'Dictionary', {
  init: (_self, entries: number) => {
    const map = new Map<number, number>()
    for (let key = 0; key < entries; key++) map.set(key, key)
    return { map, handled: 0 }
  },
  casts: {
    write: (self, from: Pid, key: number, value: number) => {
      self.state.handled++
      self.state.map.set(key, value)
      self.send(from, value)
    },
    read: (self, from: Pid, key: number) => {
      self.state.handled++
      self.send(from, self.state.map.get(key) ?? 0)
    },
  },
  calls: {
    count: ({ state: { map, handled } }) => ({ size: map.size, handled }),
  },
})

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { ended: (handled: number, written: number) => void }
}

interface WorkerState {
  readonly main: ActorRef<MainProtocol>
  readonly dictionary: ActorRef<DictionaryProtocol>
  readonly random: Random
  readonly writePercent: number
  /** Requests that it has still to make. */
  left: number
  /** Whether it waits for the answer to a write. */
  writing: boolean
  handled: number
  /** The sum of the answers to its writes. */
  written: number
}

/** Makes one request after the other. */
export const Worker: Server<
  [main: ActorRef<MainProtocol>, dictionary: ActorRef<DictionaryProtocol>, id: number, sizes: Sizes],
  { calls: object; casts: { work: () => void } }
> = defineServer(import.meta, 'Worker', {
  init: (
    _self,
    main: ActorRef<MainProtocol>,
    dictionary: ActorRef<DictionaryProtocol>,
    id: number,
    { messages, writePercent }: Sizes,
  ): WorkerState => ({
    main,
    dictionary,
    random: new Random(id + messages + writePercent),
    writePercent,
    left: messages,
    writing: false,
    handled: 0,
    written: 0,
  }),
  casts: {
    work: (self) => {
      self.state.handled++
      return next(self)
    },
  },
  info: (self, value) => {
    const { state } = self
    state.handled++
    if (state.writing) state.written += value as number
    return next(self)
  },
})

function next({ pid, state }: ServerSelf<WorkerState>): ReturnType<typeof stop> | undefined {
  const { main, dictionary, random, writePercent, handled, written } = state
  if (state.left-- === 0) {
    main.cast.ended(handled, written)
    return stop()
  }
  state.writing = random.below(100) < writePercent
  if (state.writing) dictionary.cast.write(pid, random.next(), random.next())
  else dictionary.cast.read(pid, random.next())
  return undefined
}

interface MainState {
  from: From<Outcome> | undefined
  dictionary: ActorRef<DictionaryProtocol> | undefined
  workers: number
  ended: number
  handled: number
  written: number
}

/**
 * What a read finds, only the order of events decides; what the writes were answered, and how many entries there are in the end, it does not:
 * their sum is the checksum. Over threads, the dictionary and the workers are spread.
 */
export const ConcurrentDictionary: Server<[], MainProtocol> = defineServer(import.meta, 'ConcurrentDictionary', {
  init: (): MainState => ({ from: undefined, dictionary: undefined, workers: 0, ended: 0, handled: 0, written: 0 }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      const main = self.ref(ConcurrentDictionary, self.pid)
      const dictionary = await self.startLink(Dictionary, [sizes.entries], { isolation })
      const workers = await Promise.all(
        Array.from({ length: sizes.workers }, (_, id) =>
          self.startLink(Worker, [main, dictionary, id, sizes], { isolation }),
        ),
      )
      state.dictionary = dictionary
      state.workers = workers.length
      for (const worker of workers) worker.cast.work()
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    ended: async ({ state }, handled: number, written: number) => {
      state.handled += handled + 1
      state.written += written
      const { dictionary, from, workers } = state
      if (++state.ended < workers || dictionary === undefined || from === undefined) return
      const last = await dictionary.call.count()
      reply(from, {
        spawns: workers + 1,
        messages: state.handled + last.handled,
        checksum: state.written + last.size,
      })
    },
  },
})

export const concurrentDictionary = program<Sizes>({
  number: 9,
  name: 'concurrent-dictionary',
  sizes: { workers: 20, messages: 10_000, writePercent: 10, entries: 524_287 },
  quick: { workers: 20, messages: 100, writePercent: 10, entries: 2_000 },
  main: ConcurrentDictionary,
  expected: ({ workers, messages, writePercent, entries }) => {
    const added = new Set<number>()
    let written = 0
    for (let id = 0; id < workers; id++) {
      const random = new Random(id + messages + writePercent)
      for (let sent = 0; sent < messages; sent++) {
        const writes = random.below(100) < writePercent
        const key = random.next()
        if (!writes) continue
        written += random.next()
        if (key >= entries) added.add(key)
      }
    }
    return {
      spawns: workers + 1,
      messages: workers * (1 + 2 * messages + 1),
      checksum: written + entries + added.size,
    }
  },
})
