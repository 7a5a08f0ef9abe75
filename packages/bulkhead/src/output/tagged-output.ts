import { StringDecoder } from 'node:string_decoder'
import type { Outlet, Outlets } from './outlet.ts'
import type { OutputStream } from './output-ring.ts'

/** Lines kept of each node as evidence of its end, and characters kept of each. */
const linesKept = 20
const keptMax = 1_000

/** Lines that V8's last words may stand back: below them comes a stack, as deep as it was. */
const stackLines = 100

/** Characters of one line; a longer one is broken. */
const lineMax = 8_192

/** Characters that are handed over to be written at a time. */
const textMax = 65_536

/** Where a line comes from: the node, and the actor where it is known. */
export interface Tag {
  node: string
  /** The path of the node's only actor, which stands for it where nothing tells who printed. */
  sole: string | undefined
}

/** What one node prints: cut into lines, tagged with where it comes from, printed by whoever reads it; the last lines are kept. */
export class TaggedOutput {
  readonly tag: Tag
  /** The last lines, oldest first. */
  readonly lastLines: string[] = []
  #lines = 0
  #fatal: { readonly line: string; readonly at: number } | undefined
  readonly #streams: Readonly<Record<OutputStream, TaggedStream>>

  constructor(outlets: Outlets, node: string) {
    this.tag = { node, sole: undefined }
    const keep = (line: string): void => this.#keep(line)
    this.#streams = {
      stdout: new TaggedStream(outlets.stdout, this.tag, keep),
      stderr: new TaggedStream(outlets.stderr, this.tag, keep),
    }
  }

  /** `actor` is the path of the actor that printed this, where that is known. */
  take(stream: OutputStream, text: Uint8Array, actor?: string): void {
    this.#streams[stream].take(text, actor)
  }

  /** So many lines of the node did not get here. */
  lose(stream: OutputStream, lines: number): void {
    if (lines > 0) this.#streams[stream].interrupt(lines)
  }

  /** Prints what stands there without a newline: nothing follows. */
  end(): void {
    for (const stream of Object.values(this.#streams)) stream.end()
  }

  /** What V8 said when it gave up, with which an OS process ends; undefined when it did not. */
  get fatalLine(): string | undefined {
    return this.#fatal !== undefined && this.#lines - this.#fatal.at <= stackLines ? this.#fatal.line : undefined
  }

  #keep(line: string): void {
    this.#lines++
    if (line.startsWith('FATAL ERROR: ') || line.startsWith('# Fatal ')) this.#fatal = { line, at: this.#lines }
    this.lastLines.push(line.length > keptMax ? `${line.slice(0, keptMax)}…` : line)
    if (this.lastLines.length > linesKept) this.lastLines.shift()
  }
}

class TaggedStream {
  readonly #outlet: Outlet
  readonly #tag: Tag
  readonly #keep: (line: string) => void
  readonly #decoder = new StringDecoder()
  /** The line that has begun, and whose it is. */
  #line = ''
  #lineTag = ''
  /** Tagged lines that are printed together. */
  #text = ''
  #textLines = 0
  /** Lines that were lost and not told of yet. */
  #lost = 0

  constructor(outlet: Outlet, tag: Tag, keep: (line: string) => void) {
    this.#outlet = outlet
    this.#tag = tag
    this.#keep = keep
  }

  take(bytes: Uint8Array, actor: string | undefined): void {
    this.#cut(this.#decoder.write(bytes), this.#tagOf(actor))
    this.#print()
  }

  end(): void {
    this.#cut(this.#decoder.end(), this.#lineTag)
    if (this.#line !== '') this.#endLine()
    this.#print()
  }

  /** What has begun ends here, for lines are missing behind it. */
  interrupt(lines: number): void {
    this.end()
    this.#lose(lines)
  }

  #lose(lines: number): void {
    this.#lost += lines
    if (this.#lost === lines) this.#outlet.whenRoom(() => this.#sayLost())
  }

  #cut(text: string, tag: string): void {
    let at = 0
    while (at < text.length) {
      if (this.#line === '') this.#lineTag = tag
      const newline = text.indexOf('\n', at)
      const end = newline < 0 ? text.length : newline
      const room = lineMax - this.#line.length
      if (end - at > room) {
        const stop = at + room - (isHighSurrogate(text, at + room - 1) ? 1 : 0)
        this.#line += text.slice(at, stop)
        this.#endLine()
        at = stop
        continue
      }
      this.#line += text.slice(at, end)
      if (newline < 0) return
      this.#endLine()
      at = newline + 1
    }
  }

  #endLine(): void {
    this.#keep(this.#line)
    this.#text += `[${this.#lineTag}] ${this.#line}\n`
    this.#textLines++
    this.#line = ''
    if (this.#text.length >= textMax) this.#print()
  }

  /** What does not find room is lost, and so is everything behind it until the reader has caught up. */
  #print(): void {
    const text = this.#text
    const lines = this.#textLines
    this.#text = ''
    this.#textLines = 0
    if (lines > 0 && (this.#lost > 0 || !this.#outlet.write(text))) this.#lose(lines)
  }

  #sayLost(): void {
    const lost = this.#lost
    this.#lost = 0
    const what = lost === 1 ? '1 line was lost: nobody read it' : `${lost} lines were lost: nobody read them`
    this.#outlet.write(`[${this.#tagOf(undefined)}] … ${what}\n`)
  }

  #tagOf(actor: string | undefined): string {
    const { node, sole } = this.#tag
    const who = actor ?? sole
    return who ? `${node} ${who}` : node
  }
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xd800 && code < 0xdc00
}
