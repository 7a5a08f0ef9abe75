import { Socket } from 'node:net'

/**
 * The socket that this process inherited as descriptor 3 from `spawnNodeProcess`; opened once. It keeps the process alive until it is
 * unref'd or handed to a connection. Throws if the descriptor is no socket: this process was started in another way. Tried on Linux; on
 * Windows Node.js may not be able to open an inherited pipe by its number.
 */
export function controlSocket(): Socket {
  return new Socket({ fd: 3, readable: true, writable: true })
}

/** The socket that this process inherited as descriptor 4; as `controlSocket`. */
export function watchSocket(): Socket {
  return new Socket({ fd: 4, readable: true, writable: true })
}
