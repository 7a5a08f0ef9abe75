import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import { controlSocket, openSocketConnection, watchSocket } from '@bulkhead/transport-process'

// What spawn-node-process.test.ts starts.
const [task, ...args] = process.argv.slice(2)

async function answer(socket: Socket, name: string): Promise<void> {
  const [heard] = (await once(socket, 'data')) as [Buffer]
  socket.end(`${name} heard: ${heard.toString()}`)
}

if (task === 'say') {
  console.log(JSON.stringify({ args, env: process.env['SPAWNED_FOR'], ipc: process.channel !== undefined }))
  await Promise.all([answer(controlSocket(), 'control'), answer(watchSocket(), 'watch')])
} else if (task === 'grandchild') {
  const inherited = [3, 4].map((descriptor) => readlinkSync(`/proc/self/fd/${descriptor}`))
  const { stdout } = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' })
  console.log(
    JSON.stringify(
      inherited.map((socket) => ({ isSocket: socket.startsWith('socket:'), isHanded: stdout.includes(socket) })),
    ),
  )
} else if (task === 'idle') {
  const connection = openSocketConnection(controlSocket())
  connection.receive({ frame: () => {}, drained: () => {}, closed: () => {} })
  connection.send(Uint8Array.of(1))
  openSocketConnection(watchSocket())
} else {
  controlSocket()
}
