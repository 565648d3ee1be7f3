/** A document as its reader sees it: what stands in code is no link, and what is fenced off by language is code. */
type Document = {
  /** Without fenced blocks. */
  readonly prose: string
  readonly blocks: readonly CodeBlock[]
  /** What stands between backticks in the prose; `\|` of a table is a plain `|`. */
  readonly spans: readonly string[]
}

type CodeBlock = { readonly language: string; readonly lines: readonly string[] }

const FENCE = /^(`{3,}|~{3,})([^\n]*)\n([\s\S]*?)^\1[ \t]*$/gm
const SPAN = /`([^`\n]+)`/g
const LINK = /!?\[[^\]]*\]\(([^)\s]+)\)/g
const IMAGE = /<(?:img|source)[^>]*?(?:src|srcset)="([^"]+)"/g

export function readDocument(text: string): Document {
  const blocks = [...text.matchAll(FENCE)].map(([, , language = '', body = '']) => {
    return { language: language.trim(), lines: body.split('\n') }
  })
  const prose = text.replaceAll(FENCE, '')
  const spans = [...prose.matchAll(SPAN)].map(([, span = '']) => span.replaceAll('\\|', '|'))
  return { prose, blocks, spans }
}

/** Where the document points to, in this repository: a path, `path#heading` or `#heading`. */
export function linksOf({ prose }: Document): string[] {
  const plain = prose.replaceAll(SPAN, span => (span.includes('](') ? '' : span))
  const targets = [...plain.matchAll(LINK), ...plain.matchAll(IMAGE)].map(([, target = '']) => target)
  return targets.filter(target => !/^[a-z]+:/i.test(target))
}

/** What a link can name after `#`, as GitHub makes it of a heading. */
export function anchorsOf({ prose }: Document): Set<string> {
  const headings = [...prose.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(headings.map(toAnchor))
}

function toAnchor(heading: string): string {
  const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return words
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}

/** Every `forbruk …` that a reader could type, from lines of shell and from spans. */
export function commandLinesOf({ blocks, spans }: Document): string[] {
  const shell = blocks.filter(({ language }) => language === 'sh').flatMap(({ lines }) => lines)
  const typed = shell.map(line => line.replace(/^\$ /, '').replace(/\s+#.*$/, ''))
  return [...typed, ...spans].flatMap(line => /^(?:npx )?(forbruk .+)$/.exec(line.trim())?.[1] ?? [])
}

/** The settings that a document names. */
export function variablesOf({ prose, blocks }: Document): Set<string> {
  const text = [prose, ...blocks.flatMap(({ lines }) => lines)].join('\n')
  return new Set(text.match(/\b(?:KAFKA|CLICKHOUSE|FORBRUK|SCHEMA_REGISTRY|LOG)_[A-Z_]*[A-Z]\b/g) ?? [])
}
