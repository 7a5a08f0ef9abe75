import type { OutputStream, OutputWriter } from './output-ring.ts'

/** Sends what this thread writes to stdout and stderr through a ring instead, synchronously. `speaker` says on whose behalf code runs. */
export function captureOutput(writer: OutputWriter, speaker: () => string | undefined): void {
  for (const stream of ['stdout', 'stderr'] as const) capture(stream, writer, speaker)
}

function capture(stream: OutputStream, writer: OutputWriter, speaker: () => string | undefined): void {
  const encoder = new TextEncoder()
  const put = (part: string | Uint8Array, encoding?: BufferEncoding): void => {
    if (typeof part !== 'string') writer.write(stream, part, speaker())
    else
      writer.write(
        stream,
        encoding === undefined || encoding === 'utf8' ? encoder.encode(part) : Buffer.from(part, encoding),
        speaker(),
      )
  }
  const target = process[stream]
  target._write = (part: string | Uint8Array, encoding, done) => {
    put(part, encoding)
    done()
  }
  target._writev = (parts, done) => {
    for (const { chunk, encoding } of parts) put(chunk as string | Uint8Array, encoding)
    done()
  }
}
