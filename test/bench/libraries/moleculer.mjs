import { ServiceBroker } from 'moleculer'

/** A service with one action, called through its broker in one event loop. It logs nothing, since its log goes to stdout. */
export async function open() {
  const broker = new ServiceBroker({ logger: false })
  broker.createService({ name: 'mirror', actions: { echo: ({ params }) => params } })
  await broker.start()
  return { ask: (message) => broker.call('mirror.echo', message), close: () => broker.stop() }
}
