import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Ledger } from '../src/trial/ledger.ts'
import { startLoad } from '../src/trial/load.ts'

describe('one wave of 3 clients with 8 questions each', () => {
  let server: Server
  let answer: (n: number, response: ServerResponse) => void
  let seen: number

  beforeEach(async () => {
    seen = 0
    server = createServer((request: IncomingMessage, response) => {
      response.setHeader('x-request-id', request.headers['x-request-id'] ?? '')
      answer(++seen, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(async () => {
    server.close()
    await once(server, 'close')
  })

  async function runWave() {
    const ledger = new Ledger(() => performance.now())
    const answers: [string, string][] = []
    let asked = 0
    const load = startLoad({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ledger,
      nextQuestion: () => `question ${++asked}`,
      onAnswer: ({ question }, body) => answers.push([question, body]),
    })
    await load.finish()
    return { counts: ledger.counts, open: ledger.openCount, answers }
  }

  test('every request is sent, and every answer goes to the one who asked', async () => {
    answer = (_, response) => response.end(decodeURIComponent(response.req.url!.slice('/search?q='.length)))
    const { counts, open, answers } = await runWave()
    expect(counts).toEqual({ sent: 24, answered: 24, failed: 0, unanswered: 0, wrong: 0 })
    expect(open).toBe(0)
    for (const [question, body] of answers) expect(body).toBe(question)
  })

  test('another status is a failure, not an answer', async () => {
    answer = (n, response) => response.writeHead(n % 4 === 0 ? 503 : 200).end('x')
    expect((await runWave()).counts).toEqual({ sent: 24, answered: 18, failed: 6, unanswered: 0, wrong: 0 })
  })

  test.each([
    ['is closed', (response: ServerResponse) => response.socket!.end()],
    ['is reset', (response: ServerResponse) => response.socket!.resetAndDestroy()],
  ])('a request whose connection %s is a failure, and no other request suffers', async (_, end) => {
    answer = (n, response) =>
      n % 5 === 0 ? void end(response) : response.end(decodeURIComponent(response.req.url!.slice('/search?q='.length)))
    const { counts, open, answers } = await runWave()
    expect(counts).toEqual({ sent: 24, answered: 20, failed: 4, unanswered: 0, wrong: 0 })
    expect(open).toBe(0)
    for (const [question, body] of answers) expect(body).toBe(question)
  })
})
