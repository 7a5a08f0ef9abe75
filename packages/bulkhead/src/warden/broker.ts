import type { NodeId } from '@bulkhead/core'
import { dial, newToken, openSocketConnection } from '@bulkhead/transport-process'
import { openThreadConnection, threadLink, transferOf } from '@bulkhead/transport-thread'
import type { NodeRecord } from './node-record.ts'

/** Gives two nodes one connection between them: over shared memory within an OS process, over a socket otherwise. Called once for each pair. */
export function introduce(one: NodeRecord, other: NodeRecord): void {
  one.peers.add(other.id)
  other.peers.add(one.id)
  const { crew } = one.body
  if (one.body.carry !== undefined) carry(one, other)
  else if (other.body.carry !== undefined) carry(other, one)
  else if (crew !== undefined && crew === other.body.crew) crew.link(one.id, other.id)
  else if (one.body.osProcess === other.body.osProcess) link(one, other)
  // the lower incarnation listens: it is the root, or has been there for longer, so it listens already
  else if (one.id < other.id) call(one, other)
  else call(other, one)
}

function link(one: NodeRecord, other: NodeRecord): void {
  const { near, far } = threadLink()
  one.body.post({ type: 'linked', peer: other.id, end: near }, transferOf(near))
  other.body.post({ type: 'linked', peer: one.id, end: far }, transferOf(far))
}

/** A sandbox has no connection of its own: its warden is at its end of each. */
function carry(sandbox: NodeRecord, peer: NodeRecord): void {
  if (peer.body.carry === undefined && peer.body.osProcess !== process.pid) return dialFor(sandbox, peer)
  const { near, far } = threadLink()
  sandbox.body.carry?.(peer.id, openThreadConnection(near))
  if (peer.body.carry === undefined)
    peer.body.post({ type: 'linked', peer: sandbox.id, end: far, isCarried: true }, transferOf(far))
  else peer.body.carry(sandbox.id, openThreadConnection(far))
}

function dialFor(sandbox: NodeRecord, peer: NodeRecord): void {
  const token = newToken()
  const reach = (address: string): void => {
    peer.body.post({ type: 'accept', peer: sandbox.id, token })
    dial(address, token).then(
      (socket) => sandbox.body.carry?.(peer.id, openSocketConnection(socket)),
      () => {}, // the peer says that nobody came, and they are introduced again
    )
  }
  whenListening(peer, reach)
}

function call(listener: NodeRecord, dialler: NodeRecord): void {
  const token = newToken()
  whenListening(listener, (address) => {
    listener.body.post({ type: 'accept', peer: dialler.id, token, ...domainOf(dialler) })
    dialler.body.post({ type: 'dial', peer: listener.id, address, token, ...domainOf(listener) })
  })
}

function whenListening(listener: NodeRecord, then: (address: string) => void): void {
  if (listener.address !== undefined) return then(listener.address)
  listener.dials.push(() => then(listener.address ?? ''))
  if (listener.dials.length === 1) listener.body.post({ type: 'listen' })
}

const domainOf = ({ body }: NodeRecord): { readonly domain?: string } =>
  body.crew === undefined ? {} : { domain: body.crew.domain }

/** The node listens now. */
export function listens(record: NodeRecord, address: string): void {
  record.address = address
  for (const tell of record.dials.splice(0)) tell()
}

/** The connection between the two is gone, or never came about: they may be introduced again. */
export function part(one: NodeRecord, peer: NodeId): void {
  one.peers.delete(peer)
}
