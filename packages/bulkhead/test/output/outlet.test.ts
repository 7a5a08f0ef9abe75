import { describe, expect, test, vi } from 'vitest'
import { Outlet } from '../../src/output/outlet.ts'

/** A reader who takes only so many bytes. */
class Reader {
  room: number
  read = ''
  constructor(room: number) {
    this.room = room
  }
  readonly write = (bytes: Uint8Array): number => {
    const taken = bytes.subarray(0, this.room)
    if (taken.length === 0) throw Object.assign(new Error('no room'), { code: 'EAGAIN' })
    this.room -= taken.length
    this.read += Buffer.from(taken).toString()
    return taken.length
  }
}

const large = 'x'.repeat(64 * 1024)

describe('an outlet', () => {
  test('writes at once what there is room for, and the rest in order when there is', async () => {
    const reader = new Reader(3)
    const outlet = new Outlet(reader.write)
    outlet.write('one ')
    outlet.write('two ')
    expect(reader.read).toBe('one')
    reader.room = Infinity
    outlet.write('three')
    await outlet.flush(60_000)
    expect(reader.read).toBe('one two three')
  })

  test('takes so much, and no more: who can wait should, until the reader has caught up', async () => {
    const reader = new Reader(0)
    const outlet = new Outlet(reader.write)
    let taken = 0
    while (!outlet.isBehind) taken += outlet.write(large) ? large.length : 0
    const caughtUp = new Promise<void>((resolve) => outlet.whenReady(resolve))
    while (outlet.write(large)) taken += large.length
    expect(taken).toBe(1024 * 1024)
    reader.room = Infinity
    await caughtUp
    expect(outlet.isBehind).toBe(false)
    await outlet.flush(60_000)
    expect(reader.read).toHaveLength(taken)
  })

  test('nobody waits for a reader who does not read; whoever lost something hears when he does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const reader = new Reader(0)
      const outlet = new Outlet(reader.write)
      const heard: string[] = []
      while (outlet.write(large));
      outlet.whenReady(() => heard.push('ready'))
      outlet.whenRoom(() => heard.push('room'))
      await vi.advanceTimersByTimeAsync(400)
      expect(heard).toEqual([])
      await vi.advanceTimersByTimeAsync(200)
      expect(heard).toEqual(['ready'])
      expect(outlet.isBehind).toBe(false)
      reader.room = Infinity
      await vi.advanceTimersByTimeAsync(200)
      expect(heard).toEqual(['ready', 'room'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('forgets what nobody can read any more', async () => {
    const outlet = new Outlet(() => {
      throw Object.assign(new Error('nobody reads'), { code: 'EPIPE' })
    })
    for (let i = 0; i < 100; i++) expect(outlet.write(large)).toBe(true)
    await outlet.flush(60_000)
  })

  test('a flush has a bound', async () => {
    const outlet = new Outlet(new Reader(0).write)
    outlet.write('text')
    await outlet.flush(20)
  })
})
