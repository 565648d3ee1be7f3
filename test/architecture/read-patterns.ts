import { parseSync } from 'oxc-parser'
import { lineAt, type SourceFile } from './source-files.ts'

/** A regular expression of the source; null where its text can't be told without running the program. */
type Pattern = { readonly line: number; readonly source: string | null; readonly flags: string }

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number }

/** Every regular expression of a file: those that are written as such, and those made of constant texts. */
export function readPatterns({ path, text }: Pick<SourceFile, 'path' | 'text'>): Pattern[] {
  const nodes = listNodes(parseSync(path, text).program)
  const constants = new Map(
    nodes.flatMap(({ type, id, init }): [string, Node][] =>
      type === 'VariableDeclarator' && isNode(id) && isNode(init) ? [[String(id.name), init]] : [],
    ),
  )
  return nodes.flatMap(node => {
    const line = lineAt(text, node.start)
    if (node.type === 'Literal' && isRecord(node.regex)) {
      return [{ line, source: String(node.regex.pattern), flags: String(node.regex.flags) }]
    }
    if (!isConstructed(node)) return []
    const [source, flags] = nodesOf(node.arguments).map(each => evaluate(each, constants))
    return [{ line, source: source ?? null, flags: flags ?? '' }]
  })
}

function isConstructed({ type, callee }: Node): boolean {
  return (type === 'NewExpression' || type === 'CallExpression') && isNode(callee) && callee.name === 'RegExp'
}

function evaluate(node: Node, constants: ReadonlyMap<string, Node>): string | null {
  const join = (parts: readonly (string | null)[]) => (parts.includes(null) ? null : parts.join(''))
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? node.value : null
    case 'Identifier': {
      const constant = constants.get(String(node.name))
      return constant === undefined ? null : evaluate(constant, constants)
    }
    case 'BinaryExpression':
      return join(nodesOf([node.left, node.right]).map(each => evaluate(each, constants)))
    case 'TaggedTemplateExpression':
      return isNode(node.quasi) ? evaluateTemplate(node.quasi, 'raw', constants) : null
    case 'TemplateLiteral':
      return evaluateTemplate(node, 'cooked', constants)
    default:
      return null
  }
}

function evaluateTemplate(
  { quasis, expressions }: Node,
  kind: 'raw' | 'cooked',
  constants: ReadonlyMap<string, Node>,
): string | null {
  const inserted = nodesOf(expressions).map(each => evaluate(each, constants))
  if (inserted.includes(null)) return null
  const texts = nodesOf(quasis).map(({ value }) => (isRecord(value) ? String(value[kind]) : ''))
  return texts.map((each, index) => each + (inserted[index] ?? '')).join('')
}

function listNodes(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(listNodes)
  if (!isRecord(value)) return []
  const below = Object.values(value).flatMap(listNodes)
  return isNode(value) ? [value, ...below] : below
}

function nodesOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function isNode(value: unknown): value is Node {
  return isRecord(value) && typeof value.type === 'string' && typeof value.start === 'number'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof RegExp)
}
