// Shows: a page to search with. It may run exactly one script, named by its hash, so nothing out of a document can run in it.
import { createHash } from 'node:crypto'

const SCRIPT = `
const form = document.forms[0], list = document.querySelector('ol'), status = document.querySelector('p')
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const answer = await (await fetch('/search?q=' + encodeURIComponent(form.q.value))).json()
  status.textContent = answer.error ? answer.error.message : answer.total + ' documents'
  list.replaceChildren(...(answer.results ?? []).map(({ path, line, html }) => {
    const item = document.createElement('li'), title = document.createElement('h2'), text = document.createElement('div')
    title.textContent = path + ':' + line
    text.innerHTML = html
    item.append(title, text)
    return item
  }))
})`

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
input { font: inherit; width: 70% } h2 { font-size: 1rem; overflow-wrap: anywhere } li div { overflow-x: auto; color: #444 }`

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

export const PAGE_POLICY = `default-src 'none'; connect-src 'self'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}`

export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Search</title>
<style>${STYLE}</style>
<h1>Search the documents of the installed packages</h1>
<form><input name="q" aria-label="words" autofocus required> <button>Search</button></form>
<p role="status"></p>
<ol></ol>
<script type="module">${SCRIPT}</script>
</html>
`
