/**
 * Where the release that was recorded (25) and the reference (27.3) differ: what 27.3 does, with its source. All else was seen to be the same.
 */
export const differentIn27: ReadonlyMap<string, { readonly value: unknown; readonly source: string }> = new Map([
  [
    'PROC-076',
    {
      value: {
        proc_lib: { result: ['error', 'early'], left: 'quiet' },
        gen_server: { result: ['error', 'stopped'], left: 'quiet' },
      },
      source:
        'proc_lib docs, start_link/5 (27.3): the EXIT of a failed start is consumed; 25 leaves that of gen_server',
    },
  ],
])
