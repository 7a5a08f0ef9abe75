import type { NodeId } from '@bulkhead/core'
import { newToken } from '@bulkhead/transport-process'
import { threadLink, transferOf } from '@bulkhead/transport-thread'
import type { NodeRecord } from './node-record.ts'

/** Gives two nodes one connection between them: over shared memory within an OS process, over a socket otherwise. Called once for each pair. */
export function introduce(one: NodeRecord, other: NodeRecord): void {
  one.peers.add(other.id)
  other.peers.add(one.id)
  const { crew } = one.body
  if (crew !== undefined && crew === other.body.crew) crew.link(one.id, other.id)
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

function call(listener: NodeRecord, dialler: NodeRecord): void {
  const token = newToken()
  const dial = (): void => {
    listener.body.post({ type: 'accept', peer: dialler.id, token, ...domainOf(dialler) })
    dialler.body.post({
      type: 'dial',
      peer: listener.id,
      address: listener.address ?? '',
      token,
      ...domainOf(listener),
    })
  }
  if (listener.address !== undefined) return dial()
  listener.dials.push(dial)
  if (listener.dials.length === 1) listener.body.post({ type: 'listen' })
}

const domainOf = ({ body }: NodeRecord): { readonly domain?: string } =>
  body.crew === undefined ? {} : { domain: body.crew.domain }

/** The node listens now. */
export function listens(record: NodeRecord, address: string): void {
  record.address = address
  for (const dial of record.dials.splice(0)) dial()
}

/** The connection between the two is gone, or never came about: they may be introduced again. */
export function part(one: NodeRecord, peer: NodeId): void {
  one.peers.delete(peer)
}
