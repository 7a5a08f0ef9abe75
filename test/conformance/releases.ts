/**
 * Where the release that was recorded (OTP 25, Elixir 1.14) and the reference (OTP 27.3, Elixir 1.18) differ: what the reference does, with its source.
 * All else was seen to be the same.
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
  [
    'SUP-050',
    {
      value: {
        counts: { active: 1, specs: 1, supervisors: 0, workers: 1 },
        failures: [
          ['error', 'refused', 'b'],
          ['error', 'stopped', 'b'],
        ],
        ids: ['b', 'a'],
        spec: ['error', 'not_found'],
        taken: ['error', ['already_started', 'same']],
      },
      source:
        'supervisor_SUITE:already_started_outside_supervisor: an already_started of the start function is returned as it is',
    },
  ],
  [
    'SUP-061',
    {
      value: {
        any: ['error', 'bad_combination'],
        never: 'ok',
        none: ['error', 'bad_start_spec'],
        one: 'ok',
        two: ['error', 'bad_start_spec'],
      },
      source: 'supervisor_SUITE:significant_simple',
    },
  ],
  [
    'SUP-063',
    {
      value: {
        after_restart: [],
        children: [],
        counts: { active: 0, specs: 1, supervisors: 0, workers: 0 },
        failed: [
          ['error', 'refused'],
          ['error', ['crashed', 'stack']],
        ],
        ignored: ['ok', null],
      },
      source: 'supervisor_SUITE:simple_one_for_one_restart_ignore',
    },
  ],
  [
    'SUP-067',
    {
      value: {
        auto_shutdown: ['ok', ['error', 'invalid_auto_shutdown']],
        counts: { active: 2, specs: 2, supervisors: 0, workers: 2 },
        empty: [[], { active: 0, specs: 0, supervisors: 0, workers: 0 }],
        ids: [null, null],
        starts: [
          ['ok', 'pid'],
          ['ok', 'pid'],
        ],
        strategies: ['ok', ['error', 'invalid_strategy'], ['error', 'invalid_strategy']],
      },
      source: 'Elixir 1.18, where 1.14 was recorded: dynamic_supervisor_test "with non-ok init"',
    },
  ],
  [
    'SUP-079',
    {
      value: [
        ['started', 'info'],
        ['restarted', 'info'],
        ['restarted', 'info'],
        ['added', 'debug'],
        ['started', 'debug'],
      ],
      source: 'supervisor_SUITE:external_start_no_progress_log',
    },
  ],
  [
    'SUP-080',
    {
      value: { arguments: ['retained', 'retained', null], hibernates: [true, false] },
      source:
        'supervisor_SUITE:child_adm, child_adm_simple: a supervisor hibernates after its init, one of a template does not',
    },
  ],
])
