const VOID = new Set(['meta', 'br', 'hr'])
const TAG = /<(!doctype html|\/?[a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9:-]*(?:="[^"<>]*")?)*)\s*(\/?)>/gi
const LOADS = new Set(['src', 'srcset', 'data', 'action', 'formaction', 'poster', 'background', 'xlink:href'])

/** What is wrong with a page as a browser sees it: elements that are not closed, references that lead nowhere, anything from elsewhere. */
export function faultsIn(page: string): string[] {
  const faults: string[] = []
  const open: string[] = []
  const ids = new Set<string>()
  const links: string[] = []
  const texts: string[] = []
  let end = 0
  for (const { 0: tag, 1: name = '', 2: attributes = '', 3: slash, index } of page.matchAll(TAG)) {
    texts.push(page.slice(end, index))
    end = index + tag.length
    if (name.startsWith('!')) continue
    if (name.startsWith('/')) {
      const wanted = open.pop()
      if (wanted !== name.slice(1)) faults.push(`${tag} closes ${wanted}`)
      continue
    }
    for (const { 1: attribute = '', 2: value = '' } of attributes.matchAll(/([a-z][a-z0-9:-]*)(?:="([^"]*)")?/gi)) {
      if (attribute === 'id') {
        if (ids.has(value)) faults.push(`two elements are ${value}`)
        ids.add(value)
      }
      if (attribute === 'href') links.push(value)
      if (LOADS.has(attribute) || attribute.startsWith('on')) faults.push(`${tag} has ${attribute}`)
      faults.push(...badEntities(value))
    }
    if (['script', 'link', 'iframe', 'object', 'base', 'img'].includes(name)) faults.push(`there is a ${tag}`)
    if (!VOID.has(name) && slash === '') open.push(name)
  }
  texts.push(page.slice(end))
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? ''
  if (/url\(|@import/.test(style)) faults.push('the style loads something')
  for (const text of texts) {
    if (text === style) continue
    if (/[<>]/.test(text)) faults.push(`a bare angle bracket in ${JSON.stringify(text.slice(0, 80))}`)
    faults.push(...badEntities(text))
  }
  if (open.length > 0) faults.push(`not closed: ${open.join(' ')}`)
  for (const link of links)
    if (!link.startsWith('#') || !ids.has(link.slice(1))) faults.push(`a link leads to ${link}, which is not there`)
  return faults
}

function badEntities(text: string): string[] {
  return [...text.matchAll(/&(?!(?:amp|lt|gt|quot|#39);)/g)].map(
    ({ index }) => `a bare & in ${text.slice(index, index + 20)}`,
  )
}
