import { writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { OutputStream } from './output-ring.ts'

/** Lines kept of each node as evidence of its end. */
const linesKept = 20

/** Characters of one line; a longer one is broken. */
const lineMax = 8_192

/** Milliseconds for which a full pipe is waited for before a line is given up. */
const fullPipeMs = 500

/** What one node prints: cut into lines, tagged with where it comes from, printed by whoever reads it; the last lines are kept. */
export class TaggedOutput {
  /** The last lines, oldest first. */
  readonly lastLines: string[] = []
  readonly #tag: () => string
  readonly #streams = {
    stdout: { descriptor: 1, decoder: new StringDecoder(), rest: '', tag: '' },
    stderr: { descriptor: 2, decoder: new StringDecoder(), rest: '', tag: '' },
  }

  constructor(tag: () => string) {
    this.#tag = tag
  }

  take(stream: OutputStream, text: Uint8Array): void {
    const state = this.#streams[stream]
    const wasBegun = state.rest !== ''
    const lines = (state.rest + state.decoder.write(text)).split('\n')
    state.rest = lines.pop() ?? ''
    if (state.rest.length > lineMax) lines.push(state.rest.slice(0, lineMax))
    if (state.rest.length > lineMax) state.rest = state.rest.slice(lineMax)
    this.#print(state.descriptor, lines, lines.length > 0 && wasBegun ? state.tag : this.#tag())
    if (state.rest !== '' && (!wasBegun || lines.length > 0)) state.tag = this.#tag()
  }

  /** Prints what stands there without a newline: nothing follows. */
  end(): void {
    for (const state of Object.values(this.#streams)) {
      const rest = state.rest + state.decoder.end()
      state.rest = ''
      if (rest !== '') this.#print(state.descriptor, [rest], state.tag)
    }
  }

  #print(descriptor: number, lines: readonly string[], tag: string): void {
    if (lines.length === 0) return
    this.lastLines.push(...lines.slice(-linesKept))
    if (this.lastLines.length > linesKept) this.lastLines.splice(0, this.lastLines.length - linesKept)
    writeFully(descriptor, lines.map((line) => `[${tag}] ${line}\n`).join(''))
  }
}

/** Writes to a descriptor of this OS process from any thread, past its streams; gives up when nobody reads. */
export function writeFully(descriptor: number, text: string): void {
  let rest = Buffer.from(text)
  const until = performance.now() + fullPipeMs
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > until) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
