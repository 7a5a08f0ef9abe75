// Shows: rendering foreign Markdown. The library turns it into HTML; what could run in a reader's browser is taken out here:
// raw HTML is shown as text, links keep only harmless schemes, pictures become their description.
import { Marked, type Tokens } from 'marked'

const HARMLESS_LINK = /^(https?:\/\/|mailto:|#)/i

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made safe to stand in HTML; entities that are already there stay as they are. */
function escape(text: string): string {
  return text.replace(/[<>"']|&(?!#?\w{1,30};)/g, (character) => ENTITIES[character]!)
}

const marked = new Marked({
  gfm: true,
  async: false,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escape(text),
    image: ({ text }: Tokens.Image) => escape(text),
    text(token: Tokens.Text | Tokens.Escape) {
      return 'tokens' in token && token.tokens ? this.parser.parseInline(token.tokens) : escape(token.text)
    },
    link({ href, tokens }: Tokens.Link) {
      const inner = this.parser.parseInline(tokens)
      return HARMLESS_LINK.test(href) ? `<a href="${escape(href)}" rel="nofollow noopener">${inner}</a>` : inner
    },
  },
})

/** Markdown to HTML that is safe to show, and never empty: what renders to nothing, such as the target of a link, is shown as it is. */
export function renderMarkdown(markdown: string): string {
  const html = marked.parse(markdown) as string
  return html.trim() === '' ? `<pre>${escape(markdown)}</pre>\n` : html
}
