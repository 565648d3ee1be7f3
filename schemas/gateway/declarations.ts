import { readdirSync, readFileSync } from 'node:fs'
import { type Declaration, readDeclaration } from './declaration.ts'

const FOLDER = new URL('./formats/', import.meta.url)

/** The formats that come with Forbruk, each as its file in `formats/` declares it. */
export const DECLARATIONS: readonly Declaration[] = readdirSync(FOLDER)
  .toSorted()
  .map(file => readDeclaration(readFileSync(new URL(file, FOLDER), 'utf8'), file))

const BY_NAME: ReadonlyMap<string, Declaration> = new Map(
  DECLARATIONS.map(declaration => [declaration.format, declaration]),
)

export function findDeclaration(name: string): Declaration | undefined {
  return BY_NAME.get(name)
}
