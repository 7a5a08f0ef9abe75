import type { DynamicSpec, Script, SupervisorSpec, WorkerSpec } from './script.ts'

export function worker(path: string, more: Partial<WorkerSpec> = {}): WorkerSpec {
  const usual = { restart: 'permanent', shutdown: 60_000, significant: false, trap: true, onStop: 'obey' } as const
  return { kind: 'worker', id: idOf(path), path, ...usual, ...more }
}

export function supervisor(path: string, more: Partial<SupervisorSpec> = {}): SupervisorSpec {
  const usual = { restart: 'permanent', shutdown: 'infinity', significant: false, auto: 'never' } as const
  const limits = { strategy: 'one_for_one', intensity: 10, period: 1_000 } as const
  return { kind: 'supervisor', id: idOf(path), path, ...usual, ...limits, children: [], ...more }
}

function dynamic(path: string, more: Partial<DynamicSpec> = {}): DynamicSpec {
  const usual = {
    restart: 'permanent',
    shutdown: 'infinity',
    significant: false,
    intensity: 10,
    period: 1_000,
  } as const
  return { kind: 'dynamic', id: idOf(path), path, ...usual, template: worker(`${path}.template`), ...more }
}

function idOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/**
 * Scripts by what they are about: each difference that was found, and what is easily done wrong. `recorded.json` has what real Erlang made of
 * them; `npm run differential -- --record` writes it.
 */
export const fixed: Readonly<Record<string, Script>> = {
  'a child that had unlinked itself and has ended is listed and does not count as active': {
    top: supervisor('top', { children: [worker('top.a'), worker('top.b')] }),
    plans: [],
    steps: [
      { do: 'unlink', at: 'top.a' },
      { do: 'ask', at: 'top', request: { call: 'count' } },
      { do: 'signal', at: 'top.a', reason: 'kill' },
      { do: 'ask', at: 'top', request: { call: 'count' } },
      { do: 'ask', at: 'top', request: { call: 'restart', id: 'a' } },
      { do: 'ask', at: 'top', request: { call: 'terminate', id: 'a' } },
      { do: 'ask', at: 'top', request: { call: 'count' } },
    ],
  },
  'a dynamic child whose restart is ignored is dropped': {
    top: supervisor('top', { children: [dynamic('top.n')] }),
    plans: [],
    steps: [
      { do: 'ask', at: 'top.n', request: { call: 'start_dynamic', number: 1 } },
      { do: 'end', at: 'top.n.1', how: 'crash', plans: [{ path: 'top.n.1', outcomes: ['ignore'] }] },
      { do: 'signal', at: 'top.n', reason: 'kill' },
      { do: 'ask', at: 'top.n', request: { call: 'count' } },
    ],
  },
  'a dynamic child that is terminated while it is being restarted is not started': {
    top: dynamic('top'),
    plans: [],
    steps: [
      { do: 'ask', at: 'top', request: { call: 'start_dynamic', number: 1 } },
      {
        do: 'during',
        at: 'top.1',
        how: 'crash',
        supervisor: 'top',
        requests: [{ call: 'which' }, { call: 'terminate_dynamic', path: 'top.1' }, { call: 'which' }],
        plans: [{ path: 'top.1', outcomes: ['stop'] }],
      },
      { do: 'ask', at: 'top', request: { call: 'count' } },
    ],
  },
  'while a child is being restarted, requests about it are refused, and one to terminate it ends that': {
    top: supervisor('top', { children: [worker('top.a'), worker('top.b')] }),
    plans: [],
    steps: [
      {
        do: 'during',
        at: 'top.a',
        how: 'crash',
        supervisor: 'top',
        requests: [
          { call: 'which' },
          { call: 'count' },
          { call: 'restart', id: 'a' },
          { call: 'delete', id: 'a' },
          { call: 'start', child: worker('top.a') },
          { call: 'terminate', id: 'a' },
          { call: 'which' },
        ],
        plans: [{ path: 'top.a', outcomes: ['crash'] }],
      },
      { do: 'ask', at: 'top', request: { call: 'restart', id: 'a' } },
    ],
  },
  'a supervisor that is killed is replaced, and those below it end in their own order': {
    top: supervisor('top', {
      children: [
        supervisor('top.s', {
          strategy: 'one_for_all',
          children: [
            worker('top.s.a'),
            supervisor('top.s.s', { children: [worker('top.s.s.a'), worker('top.s.s.b', { restart: 'temporary' })] }),
          ],
        }),
        worker('top.a', { restart: 'transient' }),
      ],
    }),
    plans: [],
    steps: [
      { do: 'ask', at: 'top.s', request: { call: 'start', child: worker('top.s.e') } },
      { do: 'signal', at: 'top.s', reason: 'kill' },
      { do: 'ask', at: 'top.s', request: { call: 'which' } },
    ],
  },
  'a worker that pretends to have ended is replaced, and goes when its supervisor goes': {
    top: supervisor('top', { strategy: 'rest_for_one', children: [worker('top.a'), worker('top.b')] }),
    plans: [],
    steps: [
      { do: 'pretend', at: 'top.a', reason: 'boom' },
      { do: 'ask', at: 'top', request: { call: 'which' } },
      { do: 'parent', reason: 'normal' },
    ],
  },
  'the last significant child ends its supervisor, and that one its own': {
    top: supervisor('top', {
      auto: 'any_significant',
      children: [
        worker('top.a'),
        supervisor('top.s', {
          restart: 'transient',
          significant: true,
          auto: 'all_significant',
          children: [
            worker('top.s.a', { restart: 'transient', significant: true }),
            worker('top.s.b', { restart: 'temporary', significant: true }),
            worker('top.s.c'),
          ],
        }),
      ],
    }),
    plans: [],
    steps: [
      { do: 'end', at: 'top.s.a', how: 'crash' },
      { do: 'ask', at: 'top.s', request: { call: 'terminate', id: 'a' } },
      { do: 'ask', at: 'top.s', request: { call: 'restart', id: 'a' } },
      { do: 'end', at: 'top.s.a', how: 'normal' },
      { do: 'end', at: 'top.s.b', how: 'crash' },
    ],
  },
  'a child that hangs is killed, one that fails to stop disturbs nobody': {
    top: supervisor('top', {
      strategy: 'one_for_all',
      children: [
        worker('top.a', { onStop: 'hang', shutdown: 150 }),
        worker('top.b', { onStop: 'fail' }),
        worker('top.c', { onStop: 'crash' }),
        worker('top.d', { shutdown: 'brutal_kill' }),
        worker('top.e', { trap: false }),
      ],
    }),
    plans: [],
    steps: [
      { do: 'end', at: 'top.e', how: 'exit' },
      { do: 'end', at: 'top.b', how: 'normal' },
    ],
  },
  'one restart too many: the children stop, the supervisor ends with shutdown, and its own one restarts it': {
    top: supervisor('top', {
      intensity: 2,
      children: [supervisor('top.s', { intensity: 1, children: [worker('top.s.a'), worker('top.s.b')] })],
    }),
    plans: [],
    steps: [
      { do: 'end', at: 'top.s.a', how: 'crash' },
      { do: 'end', at: 'top.s.b', how: 'normal' },
      { do: 'end', at: 'top.s.b', how: 'stop', plans: [{ path: 'top.s.b', outcomes: ['crash', 'stop', 'stop'] }] },
    ],
  },
  'restarts that are longer ago than the period do not count': {
    top: supervisor('top', { intensity: 1, period: 3, children: [worker('top.a')] }),
    plans: [],
    steps: [
      { do: 'end', at: 'top.a', how: 'crash' },
      { do: 'wait', ms: 4_300 },
      { do: 'end', at: 'top.a', how: 'crash' },
      { do: 'end', at: 'top.a', how: 'crash' },
    ],
  },
  'a start that fails takes back those before it, and names the child at each level': {
    top: supervisor('top', {
      children: [worker('top.a'), supervisor('top.s', { children: [worker('top.s.a'), worker('top.s.b')] })],
    }),
    plans: [{ path: 'top.s.b', outcomes: ['stop', 'crash', 'ignore'] }],
    steps: [
      { do: 'ask', at: 'top', request: { call: 'which' } },
      { do: 'ask', at: 'top', request: { call: 'which' } },
      { do: 'ask', at: 'top.s', request: { call: 'restart', id: 'b' } },
    ],
  },
}
