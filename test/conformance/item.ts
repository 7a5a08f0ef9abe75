import type { ConformanceStage } from './stage.ts'

/** How one item of the list is tried: wherever actors live, with one outcome. */
export interface ItemTest {
  readonly id: string
  /**
   * Does what the item is about and returns what was observed, in Erlang's words (see `inErlang`): where real Erlang was recorded doing the same, both
   * must be equal. An item that was not recorded expects by itself and returns nothing.
   */
  run(stage: ConformanceStage): Promise<unknown>
  /** For an item that differs on purpose: what is observed instead. */
  readonly instead?: unknown
}

/** An item that holds. */
export const item = (id: string, run: ItemTest['run']): ItemTest => ({ id, run })

/** An item that differs on purpose, with what is observed here instead of what was recorded. */
export const differing = (id: string, instead: unknown, run: ItemTest['run']): ItemTest => ({ id, run, instead })
