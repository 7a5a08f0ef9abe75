import type { NodeBody } from './node-body.ts'
import type { Judgement } from './stuck.ts'

/** A stuck root is never ended, only reported: once for each time. */
export class RootAlarm {
  readonly #body: Pick<NodeBody, 'handlerName'>
  readonly #say: (text: string) => void
  #stuckMs = 0

  constructor(body: Pick<NodeBody, 'handlerName'>, say: (text: string) => void) {
    this.#body = body
    this.#say = say
  }

  look(judgement: Judgement): void {
    const forMs = judgement.state === 'stuck' ? judgement.forMs : 0
    if (forMs > 0 && (this.#stuckMs === 0 || forMs < this.#stuckMs)) {
      const where = this.#body.handlerName ?? 'code outside any actor'
      this.#say(`the root has been stuck for ${Math.round(forMs)} ms in ${where}`)
    }
    this.#stuckMs = forMs
  }
}
