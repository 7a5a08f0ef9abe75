import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { excerptAround } from '../src/excerpt.ts'
import { renderMarkdown } from '../src/render.ts'

describe('an excerpt', () => {
  const text = ['# Title', '', 'one', 'two', 'three', 'four', '', 'other'].join('\n')
  test.each([
    [1, '# Title'],
    [3, 'one\ntwo\nthree\nfour'],
    [5, 'one\ntwo\nthree\nfour'],
    [6, 'two\nthree\nfour'],
    [8, 'other'],
  ])('around line %i stays within its paragraph', (line, expected) => expect(excerptAround(text, line)).toBe(expected))

  test('is bounded in lines and characters, and cuts no character in half', () => {
    expect(excerptAround('x\n'.repeat(50), 10).split('\n')).toHaveLength(8)
    expect(excerptAround('a' + '🙂'.repeat(400), 1)).toBe('a' + '🙂'.repeat(299) + '…')
  })
})

describe('rendering', () => {
  test.each([
    ['# Hi *there*', '<h1>Hi <em>there</em></h1>\n'],
    ['`a < b`', '<p><code>a &lt; b</code></p>\n'],
    ['a < b & c &lt; d', '<p>a &lt; b &amp; c &lt; d</p>\n'],
    [
      '[x](https://example.org/?a="b")',
      '<p><a href="https://example.org/?a=&quot;b&quot;" rel="nofollow noopener">x</a></p>\n',
    ],
    ['[x](./local.md)', '<p>x</p>\n'],
    ['![logo](logo.png "t")', '<p>logo</p>\n'],
    ['[npm]: https://npmjs.com "<npm>"', '<pre>[npm]: https://npmjs.com &quot;&lt;npm&gt;&quot;</pre>\n'],
    ['', '<pre></pre>\n'],
  ])('%j', (markdown, html) => expect(renderMarkdown(markdown)).toBe(html))

  test.each([
    '<script>alert(1)</script>',
    'text <img src=x onerror=alert(1)> text',
    '<pre><img src=x onerror=alert(1) ',
    '<a href="javascript:alert(1)">x</a>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '![x" onerror="alert(1)](x)',
    '<!-- --><svg onload=alert(1)>',
    '```"><script>alert(1)</script>\ncode\n```',
    '| a | <b onclick=x> |\n|---|---|\n| <i> | c |',
    '[x](https://a/"onmouseover="alert(1))',
  ])('%j leaves nothing that a browser runs', (markdown) => expect(harmIn(renderMarkdown(markdown))).toEqual([]))

  test('random pieces of markup leave nothing that a browser runs either', () => {
    const markup =
      '< > " \' & script <pre> <code> </pre> [x]( ) javascript: ![ ]( ` ``` | <img onerror= a <!-- --> &lt; \\'
    const piece = fc.constantFrom(...markup.split(' '), ' ', '\n', '\n\n', '> ', '- ')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(harmIn(renderMarkdown(pieces.join('')))).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })
})

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*\/?>/g
const TAGS = new Set(
  'a blockquote br code del em h1 h2 h3 h4 h5 h6 hr input li ol p pre strong table tbody td th thead tr ul'.split(' '),
)
const ATTRIBUTE =
  /^(href="(https?:\/\/|mailto:|#)[^"]*"|rel="nofollow noopener"|class="[^"]*"|align="(left|right|center)"|checked=""|disabled=""|type="checkbox"|start="\d+")$/i

/** What is not a known element with known attributes, or opens a tag without being one. */
function harmIn(html: string): string[] {
  const tags = [...html.matchAll(TAG)]
  const attributes = tags.flatMap(([, , , text]) => text!.match(/[a-z-]+="[^"]*"/g) ?? [])
  const rest = html.replace(TAG, '')
  return [
    ...tags.map(([, , name]) => name!).filter((name) => !TAGS.has(name)),
    ...attributes.filter((attribute) => !ATTRIBUTE.test(attribute)),
    ...(rest.includes('<') ? [rest] : []),
  ]
}

test('the judge itself sees harm', () => {
  expect(harmIn('<script>')).toEqual(['script'])
  expect(harmIn('<p onclick="x">')).toEqual(['onclick="x"'])
  expect(harmIn('<img src=x <p>')).toEqual(['<img src=x '])
  expect(harmIn('<a href="javascript:x">')).toEqual(['href="javascript:x"'])
})
