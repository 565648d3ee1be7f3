/** A page as people read it: without markup, and with plain spaces. */
export function readPage(markup: string): string {
  return toText(markup.replace(/^[\s\S]*<body>/, ''))
}

/** The rows of the page's tables of that class, each as the texts of its cells. */
export function readTable(markup: string, name: string): string[][] {
  const [, table = ''] = new RegExp(`<table class="${name}">([\\s\\S]*?)</table>`).exec(markup) ?? []
  return [...table.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[dh][^>]*>([\s\S]*?)<\/t[dh]>/g)].map(([, cell = '']) => toText(cell).trim()),
  )
}

/** `1 234 567,5 forespørsler` as `1234567.5`. */
export function readFigure(text: string): string {
  const [figure = ''] = /^[+\u2212]?\d+( \d{3})*(,\d+)?/.exec(text) ?? []
  return figure.replaceAll(/[ +]/g, '').replace('\u2212', '-').replace(',', '.')
}

function toText(markup: string): string {
  return markup.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}
