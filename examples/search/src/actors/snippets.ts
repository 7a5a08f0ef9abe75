// Shows: an actor behind a wall. Documents are foreign input and a parser is a large surface, so this one has a process to itself.
import { defineServer } from 'bulkhead'
import { renderMarkdown } from '../render.ts'

export const Snippets = defineServer(import.meta, 'Snippets', {
  init: () => ({}),
  calls: {
    render: (_self, excerpts: readonly string[]) => excerpts.map((markdown) => renderMarkdown(markdown)),
  },
})
