import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { createProgram } from '@forbruk/cli/program.ts'
import { ConfigError } from '@forbruk/infra/runtime/config-error.ts'
import { expect, test } from 'vitest'
import { checkCommandLine, findCommand, leavesOf, splitWords } from './check-command-line.ts'
import { anchorsOf, commandLinesOf, linksOf, readDocument, variablesOf } from './read-document.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const files = listed.split('\0').filter(path => path !== '' && existsSync(new URL(path, root)))
const paths = files.filter(path => path.endsWith('.md'))
const documents = new Map(paths.map(path => [path, readDocument(read(path))]))

const program = await createProgram({
  readConfig() {
    throw new ConfigError('no command is run here')
  },
})
const settings = new Set(
  ['infra/runtime/config.ts', 'infra/runtime/kafka-security.ts', 'infra/runtime/login-settings.ts']
    .flatMap(path => [...read(path).matchAll(/^ {2}([A-Z][A-Z_]+):/gm)])
    .map(([, name = '']) => name),
)

function findBrokenLink(from: string, link: string): string[] {
  const [target = '', anchor] = link.split('#')
  const path = target === '' ? from : posix.join(posix.dirname(from), decodeURIComponent(target))
  if (!existsSync(new URL(path, root))) return [`${from}: ${link} is not there`]
  const document = documents.get(path)
  if (anchor === undefined || document === undefined) return []
  return anchorsOf(document).has(anchor) ? [] : [`${from}: ${path} has no heading #${anchor}`]
}

test('every link of every document leads somewhere', () => {
  expect(documents.size).toBeGreaterThan(20)
  const broken = [...documents].flatMap(([path, document]) =>
    linksOf(document).flatMap(link => findBrokenLink(path, link)),
  )
  expect(broken).toEqual([])
})

test('every path of this repository that a document names is there', () => {
  const isPath = (span: string) => /^(?:services|schemas|infra|test|demo|docs)\/[\w./-]+$/.test(span)
  const missing = [...documents].flatMap(([path, { spans }]) =>
    spans.filter(span => isPath(span) && !existsSync(new URL(span, root))).map(span => `${path}: ${span}`),
  )
  expect(missing).toEqual([])
})

test('every file that a document names without its folder is there', () => {
  const names = new Set(files.map(path => posix.basename(path)))
  const isFile = (span: string) => /^[a-z][\w./-]*\.(?:tsx?|mjs)$/.test(span) && !/^x\./.test(span)
  const missing = [...documents].flatMap(([path, { spans }]) =>
    spans.filter(span => isFile(span) && !names.has(posix.basename(span))).map(span => `${path}: ${span}`),
  )
  expect(missing).toEqual([])
})

test('every command line of every document can be typed', () => {
  const lines = [...documents].flatMap(([path, document]) =>
    commandLinesOf(document).map(line => [path, line] as const),
  )
  expect(lines.length).toBeGreaterThan(50)
  const wrong = lines.flatMap(([path, line]) =>
    checkCommandLine(program, line).map(each => `${path}: ${each}`),
  )
  expect(wrong).toEqual([])
})

test('docs/commands.md has every command, with every option', () => {
  const { blocks } = readDocument(read('docs/commands.md'))
  const documented = new Map<string, Set<string>>()
  for (const line of blocks.flatMap(block => block.lines).filter(each => each.startsWith('forbruk '))) {
    const [, ...words] = splitWords(line)
    const { rest } = findCommand(program, words)
    const name = ['forbruk', ...words.slice(0, words.length - rest.length)].join(' ')
    const flags = documented.get(name) ?? new Set()
    for (const flag of line.match(/--[a-z-]+/g) ?? []) flags.add(flag)
    documented.set(name, flags)
  }
  const flagsOf = new Map(
    [...leavesOf(program)].map(([name, { options }]) => [name, new Set(options.map(({ long }) => long))]),
  )
  expect(documented).toEqual(flagsOf)
})

test('docs/settings.md has every setting, and no document another one', () => {
  expect(settings.size).toBeGreaterThan(20)
  expect(variablesOf(readDocument(read('docs/settings.md')))).toEqual(settings)
  const unknown = [...documents].flatMap(([path, document]) =>
    [...variablesOf(document)].filter(name => !settings.has(name)).map(name => `${path}: ${name}`),
  )
  expect(unknown).toEqual([])
})

test('every entry of the changelog says whether figures can change', () => {
  const entries = readDocument(read('CHANGELOG.md')).prose.split(/^- /m).slice(1)
  expect(entries.length).toBeGreaterThan(5)
  expect(entries.filter(entry => !/\bFigures:\s+\w/.test(entry))).toEqual([])
})

test.each([
  ['forbruk nothing', 'forbruk has no command nothing'],
  ['forbruk rejected forget', 'rejected has no command forget'],
  ['forbruk close 2026-10 --now', 'close has no --now'],
  ['forbruk close 2026-10 2026-11', 'close takes 1 arguments, not 2'],
  ["forbruk close 2026-10 --force --reason 'it is late'", null],
  ['forbruk rejected waive WHERE... --reason TEXT [--actor NAME]', null],
])('«%s» is judged: %s', (line, fault) => {
  expect(checkCommandLine(program, line)).toEqual(fault === null ? [] : [`«${line}»: ${fault}`])
})

test.each([
  ['[a](nothing.md)', 'README.md: nothing.md is not there'],
  ['[a](README.md#no-such-heading)', 'README.md: README.md has no heading #no-such-heading'],
  ['`[a](nothing.md)` [b](README.md) [c](https://example.org)', null],
])('the link of %s is judged: %s', (text, fault) => {
  const broken = linksOf(readDocument(text)).flatMap(link => findBrokenLink('README.md', link))
  expect(broken).toEqual(fault === null ? [] : [fault])
})
