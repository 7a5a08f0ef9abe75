/**
 * Where the release that was recorded (25) and the reference (27.3) differ: what 27.3 does, with its source. All else was seen to be the same.
 */
export const differentIn27: ReadonlyMap<string, { readonly value: unknown; readonly source: string }> = new Map([])
