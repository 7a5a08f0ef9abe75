/**
 * Where the release that was recorded (25) and the reference (27.3) differ: what 27.3 does, with its source. All else was seen to be the same.
 */
export const differentIn27: ReadonlyMap<string, { readonly value: unknown; readonly source: string }> = new Map([
  [
    'SRV-003',
    {
      value: {
        result: 'ignore',
        exit: 'normal',
        linked_starter: 'lives',
        names: { ignore: 'free', stop: 'free', refuse: 'free', crash: 'free', exit: 'free', bad: 'free', hang: 'free' },
      },
      source: 'proc_lib.erl sync_start: a start that takes too long awaits the DOWN of what it killed; 25 does not',
    },
  ],
  [
    'SRV-004',
    {
      value: { result: ['error', 'refused'], exit: 'normal', linked_starter: 'lives' },
      source: 'gen_server.erl init_it, {error, Reason}; documentation of init/1; gen_server_SUITE:start',
    },
  ],
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
