import type { Cell, LinkEnd } from '../actor/cell.ts'
import type { Pid } from '../actor/pid.ts'
import type { Kernel } from './kernel.ts'

/*
 * A link is one flag on each side. Unlinking crosses the other side's signals on their way, so it carries an id and counts as done when its
 * acknowledgement is back: what arrives from the partner in between was sent about the old link. The partner's node acknowledges for the dead.
 */

function endOf(cell: Cell, partner: Pid): LinkEnd {
  const links = (cell.links ??= new Map())
  let end = links.get(partner)
  if (end === undefined) {
    end = { active: false, unlinkId: 0 }
    links.set(partner, end)
  }
  return end
}

/** Forgets an end that says nothing any more. */
function tidy(cell: Cell, partner: Pid, end: LinkEnd): void {
  if (!end.active && end.unlinkId === 0) cell.links?.delete(partner)
}

/** `cell` links itself to `partner`. Twice is once; to itself is nothing. */
export function link(kernel: Kernel, cell: Cell, partner: Pid): void {
  if (partner === cell.pid) return
  const end = endOf(cell, partner)
  if (end.active) return
  end.active = true
  kernel.signal({ kind: 'link', to: partner, from: cell.pid })
}

/** `cell` links itself to a name that nobody holds: as to an actor that has ended, by a pid that no actor ever has. */
export function linkToNobody(kernel: Kernel, cell: Cell): void {
  link(kernel, cell, kernel.pidOf(kernel.nextSerial()))
}

/** A link that came with a spawn: both sides know of it already. */
export function addLink(cell: Cell, partner: Pid): void {
  endOf(cell, partner).active = true
}

/** The partner asks for a link. While our unlink is on its way the request is older than it, and void. */
export function linkRequested(cell: Cell, partner: Pid): void {
  const end = endOf(cell, partner)
  if (end.unlinkId === 0) end.active = true
}

export function unlink(kernel: Kernel, cell: Cell, partner: Pid): void {
  const end = cell.links?.get(partner)
  if (end === undefined || !end.active) return
  end.active = false
  end.unlinkId = kernel.nextRef()
  kernel.signal({ kind: 'unlink', to: partner, from: cell.pid, id: end.unlinkId })
}

/** The partner removed the link. */
export function unlinkRequested(cell: Cell, partner: Pid): void {
  const end = cell.links?.get(partner)
  if (end === undefined) return
  end.active = false
  tidy(cell, partner, end)
}

/** Our unlink has arrived: from now on the partner's signals are about a newer link. */
export function unlinkAcknowledged(cell: Cell, partner: Pid, id: number): void {
  const end = cell.links?.get(partner)
  if (end === undefined || end.unlinkId !== id) return
  end.unlinkId = 0
  tidy(cell, partner, end)
}

/** The partner ended. Whether this is news of a link that stands; it is gone afterwards. */
export function linkBroke(cell: Cell, partner: Pid): boolean {
  const end = cell.links?.get(partner)
  if (end === undefined || !end.active || end.unlinkId !== 0) return false
  end.active = false
  tidy(cell, partner, end)
  return true
}

/** A start failed, or its node went down: the link that came with it never was. */
export function forgetLink(cell: Cell, partner: Pid): void {
  cell.links?.delete(partner)
}
