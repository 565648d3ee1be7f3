import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

/** One file of the project, with what it takes from others and gives to them. Paths are from the project's root. */
export type SourceFile = {
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
  readonly exports: readonly Export[]
}

export type Import = {
  /** A path of ours, or the name of a library. */
  readonly target: string
  /** Null stands for everything that the target exports. */
  readonly name: string | null
  /** An imported type is gone when the program runs. */
  readonly isType: boolean
  readonly line: number
}

type Export = { readonly name: string; readonly isType: boolean; readonly line: number }

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const OURS = ['*.ts', '{schemas,infra,services,test,demo}/**/*.{ts,tsx,mjs}']
/** AssemblyScript: compiled to one file, which is loaded by name. Of it only the text counts. */
const COMPILED = 'schemas/wire/scan/assembly/'

/** What others wrote, and what programs did. */
const isOfOthers = (path: string) => /(^|\/)(node_modules|generated|dist)$/.test(path)

export function readSourceFiles(): SourceFile[] {
  const paths = globSync(OURS, { cwd: ROOT, exclude: isOfOthers })
  return paths.map(path => {
    const text = readFileSync(posix.join(ROOT, path), 'utf8')
    return path.startsWith(COMPILED) ? { path, text, imports: [], exports: [] } : parseSource(path, text)
  })
}

export function parseSource(path: string, text: string): SourceFile {
  const { module, errors } = parseSync(path, text)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  const take = (request: { value: string; start: number }, name: string | null, isType: boolean): Import => ({
    target: resolve(path, request.value),
    name,
    isType,
    line: lineAt(text, request.start),
  })
  const exported = module.staticExports.flatMap(({ entries }) => entries)
  const imports = [
    ...module.staticImports.flatMap(({ moduleRequest, entries }) =>
      entries.length === 0
        ? [take(moduleRequest, null, false)]
        : entries.map(({ importName, isType }) => take(moduleRequest, nameOf(importName), isType)),
    ),
    ...exported.flatMap(({ moduleRequest, importName, isType }) =>
      moduleRequest === null ? [] : [take(moduleRequest, nameOf(importName), isType)],
    ),
    // One whose argument is no text, and so can't be followed, resolves to nothing of ours.
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
      take({ value: text.slice(start + 1, end - 1), start }, null, false),
    ),
  ]
  const exports = exported.map(({ exportName, isType, start }) => ({
    name: exportName.name ?? 'default',
    isType,
    line: lineAt(text, start),
  }))
  return { path, text, imports, exports }
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('test/')
}

function nameOf({ kind, name }: { readonly kind: string; readonly name: string | null }): string | null {
  return kind === 'Default' ? 'default' : name
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** By the rule that package.json's `exports` follow: a package's paths are those of its folder. */
function resolve(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier)
  const [, workspace, rest] = /^@forbruk\/([^/]+)\/(.+)$/.exec(specifier) ?? []
  if (workspace === undefined) return specifier
  return workspace === 'schemas' || workspace === 'infra'
    ? `${workspace}/${rest}`
    : `services/${workspace}/${rest}`
}
