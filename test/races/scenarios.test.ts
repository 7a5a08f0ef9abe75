import { describe, test } from 'vitest'
import { holds } from './scenario.ts'

describe('ends', () => {
  test('whoever is linked to an actor and monitors it hears EXIT before DOWN, also when its node is lost', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'monitor', to: 1 },
        { op: 'link', to: 1 },
        { op: 'call', to: 1, mode: 'later', timeoutMs: Infinity },
      ],
      actors: [{ place: 2 }],
      faults: [{ fault: 'kill', node: 2, culprit: true, after: 40, keep: 0.5 }],
    }))

  test('nothing that an actor awaits goes on while its end waits for a name', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'exit', to: 1, reason: 'unique' },
      ],
      actors: [
        {
          place: 2,
          script: [
            { op: 'busy', ms: 0 },
            { op: 'call', to: 0, mode: 'typo', timeoutMs: 1 },
            { op: 'isAlive', to: 0 },
            { op: 'drained', to: 0 },
            { op: 'register', name: 'ada', who: undefined },
          ],
        },
      ],
    }))

  test('the main actor cannot be killed', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'monitor', to: 1 },
      ],
      actors: [{ place: 2, script: [{ op: 'exit', to: 0, reason: 'kill' }] }],
    }))

  test('an actor whose end waits for a name is dead to whoever asks, and tells whoever monitors it', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'exit', to: 1, reason: 'kill' },
        { op: 'isAlive', to: 1 },
        { op: 'monitor', to: 1 },
      ],
      actors: [{ place: 2, trap: true, script: [{ op: 'register', name: 'ada', who: undefined }] }],
    }))

  test('nobody waits for a node that is lost', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'call', to: 1, mode: 'later', timeoutMs: Infinity },
        { op: 'monitor', to: 1 },
        { op: 'isAlive', to: 1 },
      ],
      actors: [{ place: 2 }],
      faults: [{ fault: 'kill', node: 2, culprit: true, after: 25, keep: 0.5 }],
    }))
})

describe('calls', () => {
  test('a call that expired before it was taken is not kept by the callee that would answer later', () =>
    holds({
      main: [
        { op: 'spawn', child: 1 },
        { op: 'call', to: 1, mode: 'later', timeoutMs: 1 },
        { op: 'call', to: 1, mode: 'slow', timeoutMs: 1 },
      ],
      actors: [{}],
    }))

  test('a call whose caller was lost is not kept by the callee that would answer later', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [{}, { place: 2, script: [{ op: 'call', to: 1, mode: 'later', timeoutMs: Infinity }] }],
      faults: [{ fault: 'kill', node: 2, culprit: false, after: 30, keep: 1 }],
    }))

  test('a caller that is linked to the callee, and does not trap, ends before its call fails', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [
        { place: 2, script: [{ op: 'end', how: 'stop', reason: 'unique' }] },
        {
          script: [
            { op: 'link', to: 1 },
            { op: 'call', to: 1, mode: 'later', timeoutMs: Infinity },
            { op: 'call', to: 1, mode: 'later', timeoutMs: Infinity },
          ],
        },
      ],
    }))

  test('a caller that monitors the callee hears DOWN when its calls have failed', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'monitor', to: 1 },
        { op: 'call', to: 1, mode: 'later', timeoutMs: Infinity },
        { op: 'call', to: 1, mode: 'later', timeoutMs: Infinity },
      ],
      actors: [{ place: 2, script: [{ op: 'end', how: 'stop', reason: 'unique' }] }],
    }))
})

describe('timers', () => {
  test('a timer of an actor that ended, and one that was cancelled, leave nothing behind', () =>
    holds({
      main: [
        { op: 'spawn', child: 1 },
        { op: 'startTimer', ms: 80 },
        { op: 'cancelTimer', which: 0 },
        { op: 'exit', to: 1, reason: 'kill' },
      ],
      actors: [{ script: [{ op: 'startTimer', ms: 2 }] }],
    }))

  test('whoever waits until a way is free goes on when it is', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'send', to: 1, count: 30 },
        { op: 'drained', to: 1 },
      ],
      actors: [{ place: 2 }],
    }))
})

describe('starts', () => {
  test('a start that fails where nothing can be loaded undoes no link of its starter', () =>
    holds({
      main: [{ op: 'spawn', child: 1 }],
      actors: [
        {
          link: true,
          script: [
            { op: 'spawn', child: 2 },
            { op: 'end', how: 'stop', reason: 'unique' },
          ],
        },
        { link: true, load: 'missing' },
      ],
    }))

  test('a start that fails together with its starter does not settle for it', () =>
    holds({
      main: [{ op: 'spawn', child: 1 }],
      actors: [
        {
          script: [
            { op: 'spawn', child: 3 },
            { op: 'spawn', child: 2 },
          ],
        },
        { place: 1, link: true, init: 'slowThrow', script: [{ op: 'link', to: 3 }] },
        { place: 1, link: true, script: [{ op: 'link', to: 1 }] },
      ],
    }))

  test('a child that was monitored from its start forgets a starter that ended meanwhile', () =>
    holds({
      nodes: 2,
      main: [{ op: 'spawn', child: 1 }],
      actors: [
        {
          script: [
            { op: 'spawn', child: 2 },
            { op: 'end', how: 'stop', reason: 'unique' },
          ],
        },
        { place: 2, monitor: true },
      ],
    }))

  test('a child that was given up on is killed, also when its starter ends meanwhile', () =>
    holds({
      nodes: 2,
      main: [{ op: 'spawn', child: 1 }],
      actors: [
        {
          script: [
            { op: 'spawn', child: 2 },
            { op: 'isAlive', to: 0 },
            { op: 'end', how: 'slowStop', reason: 'unique' },
          ],
        },
        { place: 2, startWithinMs: 1 },
      ],
    }))

  test('a linked child whose starter ends before it knows its pid ends too', () =>
    holds({
      nodes: 2,
      main: [{ op: 'spawn', child: 1 }],
      actors: [
        {
          script: [
            { op: 'spawn', child: 2 },
            { op: 'end', how: 'stop', reason: 'unique' },
          ],
        },
        { place: 2, link: true, init: 'slow' },
      ],
    }))

  test('what is loaded for a starter whose node is lost meanwhile is not started', () =>
    holds(
      {
        nodes: 3,
        main: [{ op: 'spawn', child: 1 }],
        actors: [
          { place: 2, script: [{ op: 'spawn', child: 2 }] },
          { place: 3, link: true, load: 'late' },
        ],
        faults: [{ fault: 'kill', node: 2, culprit: false, after: 45, keep: 1 }],
      },
      400,
    ))

  test('a start whose node is lost fails, and its link and monitor never were', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [
        { place: 2, link: true, monitor: true, init: 'slow' },
        { place: 2, link: true, load: 'late' },
      ],
      faults: [{ fault: 'kill', node: 2, culprit: true, after: 20, keep: 0.5 }],
    }))
})

describe('links', () => {
  test('whoever links to an actor whose end waits for a name hears of that end, also when it had just been unlinked', () =>
    holds(
      {
        nodes: 3,
        main: [{ op: 'spawn', child: 1 }],
        actors: [
          {
            place: 3,
            trap: true,
            script: [
              { op: 'spawn', child: 2 },
              { op: 'send', to: 2, count: 1 },
              { op: 'link', to: 2 },
              { op: 'link', to: 2 },
            ],
          },
          {
            place: 2,
            link: true,
            script: [
              { op: 'unlink', to: 1 },
              { op: 'register', name: 'ada', who: undefined },
              { op: 'exit', to: 2, reason: 'unique' },
            ],
          },
        ],
      },
      400,
    ))

  test('a starter that knows its child from others, and unlinks it before the start is answered, is not linked to it by the answer', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'link', to: 1 },
        { op: 'unlink', to: 1 },
      ],
      actors: [{ place: 2, link: true, init: 'slow' }],
    }))

  test('partners who link and unlink at once agree in the end', () =>
    holds(
      {
        nodes: 2,
        main: [
          { op: 'spawn', child: 1 },
          { op: 'link', to: 1 },
          { op: 'unlink', to: 1 },
          { op: 'link', to: 1 },
          { op: 'unlink', to: 1 },
          { op: 'link', to: 1 },
        ],
        actors: [
          {
            place: 2,
            trap: true,
            script: [
              { op: 'link', to: 0 },
              { op: 'unlink', to: 0 },
              { op: 'link', to: 0 },
              { op: 'unlink', to: 0 },
              { op: 'link', to: 0 },
            ],
          },
        ],
      },
      400,
    ))

  test('whoever has unlinked, and linked anew, hears of an end by the new link, and by no older one', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'link', to: 1 },
        { op: 'unlink', to: 1 },
        { op: 'link', to: 1 },
        { op: 'unlink', to: 1 },
        { op: 'link', to: 1 },
      ],
      actors: [{ place: 2, script: [{ op: 'end', how: 'stop', reason: 'unique' }] }],
    }))

  test('whoever has unlinked, and linked anew, hears of the loss of a node that has acknowledged neither', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'link', to: 1 },
        { op: 'unlink', to: 1 },
        { op: 'link', to: 1 },
      ],
      actors: [{ place: 2 }],
      faults: [{ fault: 'kill', node: 2, culprit: false, after: 30, keep: 0.5 }],
    }))
})

describe('fences', () => {
  const letters = Array.from({ length: 4 }, () => ({ op: 'send', to: 1, count: 20 }) as const)

  test('nothing of a fenced node is heard behind the words of somebody who knew of the fence', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
        { op: 'monitor', to: 2 },
        { op: 'awaitNews' },
        { op: 'send', to: 1, count: 2 },
      ],
      actors: [{ place: 2 }, { place: 3, script: letters }],
      faults: [{ fault: 'fence', node: 3, culprit: false, after: 60, keep: 1 }],
    }))

  test('nor behind the end of whoever ended because of the fence', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
        { op: 'spawn', child: 3 },
      ],
      actors: [
        { place: 2 },
        { place: 3, script: letters },
        {
          script: [
            { op: 'link', to: 2 },
            { op: 'link', to: 1 },
          ],
        },
      ],
      faults: [{ fault: 'fence', node: 3, culprit: false, after: 80, keep: 1 }],
    }))
})

describe('names', () => {
  test('whoever hears that a start was ignored, or failed, does not find its actor by the name it had', async () => {
    for (const init of ['ignore', 'throw'] as const) {
      await holds({
        nodes: 3,
        main: [{ op: 'spawn', child: 1 }],
        actors: [
          { place: 2, script: [{ op: 'spawn', child: 2 }] },
          { place: 3, name: 'eve', init },
        ],
      })
    }
  })

  test('a node that hears noproc of an actor never finds it afterwards, by whatever old news', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [
        {
          place: 2,
          script: [
            { op: 'register', name: 'ada', who: undefined },
            { op: 'end', how: 'stop', reason: 'unique' },
          ],
        },
        {
          place: 3,
          script: [
            { op: 'monitor', to: 1 },
            { op: 'monitor', to: 1 },
          ],
        },
      ],
    }))

  test('a node that joins late does not learn from the table the names of actors of whose end it heard', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'register', name: 'ada', who: undefined },
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [
        {
          place: 2,
          trap: true,
          script: [
            { op: 'register', name: 'bob', who: undefined },
            { op: 'spawn', child: 3 },
            { op: 'end', how: 'stop', reason: 'unique' },
          ],
        },
        { place: 2, script: [{ op: 'spawn', child: 4 }] },
        { place: 3, script: [{ op: 'monitor', to: 1 }] },
        { place: 3, script: [{ op: 'monitor', to: 1 }] },
      ],
    }))

  test('whoever heard of the end of its holder is not refused a name because of that', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [
        {
          place: 2,
          script: [
            { op: 'register', name: 'ada', who: undefined },
            { op: 'end', how: 'stop', reason: 'unique' },
          ],
        },
        {
          place: 3,
          script: [{ op: 'monitor', to: 1 }, { op: 'awaitNews' }, { op: 'register', name: 'ada', who: undefined }],
        },
      ],
    }))

  test('whoever has named an actor of another node finds it at once', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [{ place: 2 }, { place: 3, script: [{ op: 'register', name: 'ada', who: 1 }] }],
    }))

  test('whoever wants a name is answered, though the node of its holder is lost', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [
        { place: 2, script: [{ op: 'register', name: 'ada', who: undefined }] },
        { place: 3, script: [{ op: 'register', name: 'ada', who: undefined }] },
      ],
      faults: [{ fault: 'kill', node: 2, culprit: false, after: 45, keep: 1 }],
    }))

  test('whoever wants a name for another actor is answered, though the node of that actor is lost', () =>
    holds({
      nodes: 2,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'register', name: 'ada', who: 1 },
      ],
      actors: [{ place: 2 }],
      faults: [{ fault: 'kill', node: 2, culprit: false, after: 22, keep: 0.5 }],
    }))

  test('a name that comes late for an actor of a lost node is not found where its end was told', () =>
    holds({
      nodes: 3,
      main: [
        { op: 'spawn', child: 1 },
        { op: 'spawn', child: 2 },
      ],
      actors: [
        { place: 2, script: [{ op: 'register', name: 'ada', who: undefined }] },
        { place: 3, script: [{ op: 'monitor', to: 1 }] },
      ],
      faults: [{ fault: 'kill', node: 2, culprit: false, after: 50, keep: 1 }],
    }))
})
