import type { Socket } from 'node:net'

type Done = (error?: Error | null) => void

/**
 * A stream that fails to write destroys itself, and throws away what it could still read: all that the other side sent before it
 * died. So a failed write of this socket is left unanswered; reading comes to its own end soon after, and that is the socket's end.
 * For every socket whose other side is an OS process that may end while it is written to. Returns the socket.
 */
export function keepReadingAfterFailedWrite(socket: Socket): Socket {
  const { _write: write, _writev: writev } = socket
  const unlessFailed =
    (done: Done): Done =>
    (error) => {
      if (!error || socket.destroyed || socket.readableEnded) done(error)
      else socket.once('end', () => socket.destroy())
    }
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, unlessFailed(done))
  if (writev) socket._writev = (chunks, done) => writev.call(socket, chunks, unlessFailed(done))
  return socket
}
