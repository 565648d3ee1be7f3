import avro from 'avsc'
import { AvroBytes, AvroMalformedError } from './avro-bytes.ts'
import { spellDate, spellDecimal, spellTime, spellUuid } from './logical-text.ts'
import { type Logic, LogicalType, parseAvroSchema, type SchemaTexts } from './parse-avro-schema.ts'

/** Reads a value as JSON. */
type ReadJson = (bytes: AvroBytes) => string

/**
 * How a payload of a schema becomes text: a value as JSON, or, where all that the schema has is one text, that text, as
 * serializers of plain lines write it. Exact: what a JSON number can't hold is its digits in quotes, and a time, a
 * decimal or a UUID is spelled out by its schema's word. The function throws AvroMalformedError; this one whatever
 * stands against the schema.
 */
export function openAvroSchema(schema: SchemaTexts): (payload: Buffer) => Buffer {
  const type = parseAvroSchema(schema)
  const isText = type.typeName === 'string' || type.typeName === 'bytes'
  const readJson = compile(type, new Map())
  return payload => {
    const bytes = new AvroBytes(payload)
    const text = isText ? bytes.readBytes() : Buffer.from(readJson(bytes))
    bytes.end()
    return text
  }
}

/** `known`: types that are being compiled, since one may hold itself. */
function compile(type: avro.Type, known: Map<avro.Type, ReadJson>): ReadJson {
  const compiled = known.get(type)
  if (compiled !== undefined) return compiled
  let read: ReadJson | null = null
  known.set(type, bytes => (read === null ? '' : read(bytes)))
  read = compileNew(type, known)
  known.set(type, read)
  return read
}

function compileNew(type: avro.Type, known: Map<avro.Type, ReadJson>): ReadJson {
  if (type instanceof LogicalType) return compileLogical(type.logic, type.underlyingType)
  if (type instanceof avro.types.RecordType) return compileRecord(type, known)
  if (type instanceof avro.types.ArrayType) return compileArray(compile(type.itemsType, known))
  if (type instanceof avro.types.MapType) return compileMap(compile(type.valuesType, known))
  if (type instanceof avro.types.WrappedUnionType)
    return compileUnion(type.types.map(each => compile(each, known)))
  if (type instanceof avro.types.EnumType) return compileEnum(type.symbols)
  if (type instanceof avro.types.FixedType) return compileFixed(type.size)
  return compilePrimitive(type.typeName)
}

function compilePrimitive(name: string): ReadJson {
  switch (name) {
    case 'null':
      return bytes => bytes.spend('null')
    case 'boolean':
      return bytes => bytes.spend(String(bytes.readBoolean()))
    case 'int':
      return bytes => bytes.spend(String(bytes.readInt()))
    case 'long':
      return bytes => {
        const value = bytes.readLong()
        return bytes.spend(typeof value === 'number' ? String(value) : `"${value}"`)
      }
    case 'float':
      return bytes => bytes.spend(spellFloat(bytes.readFloat()))
    case 'double':
      return bytes => bytes.spend(spellFloat(bytes.readDouble()))
    case 'bytes':
    case 'string':
      return bytes => quote(bytes, bytes.readBytes())
    default:
      throw new TypeError(`a type of the name ${JSON.stringify(name)} is not known`)
  }
}

/** Bytes of a schema that says nothing of them are read as UTF-8, as a line's are. */
function quote(bytes: AvroBytes, text: Buffer): string {
  return bytes.spend(JSON.stringify(text.toString('utf8')))
}

/** JSON has no word for what is no number. */
function spellFloat(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

function compileRecord({ fields }: avro.types.RecordType, known: Map<avro.Type, ReadJson>): ReadJson {
  const readers = fields.map(({ name, type }, index) => ({
    before: `${index === 0 ? '' : ','}${JSON.stringify(name)}:`,
    read: compile(type, known),
  }))
  return bytes =>
    bytes.within(() => {
      let text = bytes.spend('{')
      for (const { before, read } of readers) text += bytes.spend(before) + read(bytes)
      return text + bytes.spend('}')
    })
}

function compileArray(readItem: ReadJson): ReadJson {
  return bytes =>
    bytes.within(() => {
      let items = ''
      bytes.readItems(() => {
        items += (items === '' ? '' : bytes.spend(',')) + readItem(bytes)
      })
      return `[${items}]`
    })
}

function compileMap(readValue: ReadJson): ReadJson {
  return bytes =>
    bytes.within(() => {
      let entries = ''
      bytes.readItems(() => {
        const key = quote(bytes, bytes.readBytes())
        entries += `${entries === '' ? '' : bytes.spend(',')}${key}:${readValue(bytes)}`
      })
      return `{${entries}}`
    })
}

/** As if it were the type that it is. */
function compileUnion(branches: readonly ReadJson[]): ReadJson {
  return bytes => {
    const branch = bytes.readLong()
    const read = branches[Number(branch)]
    if (read === undefined) throw new AvroMalformedError(`branch ${branch} of a union of ${branches.length}`)
    return read(bytes)
  }
}

function compileEnum(symbols: readonly string[]): ReadJson {
  return bytes => {
    const index = bytes.readInt()
    const symbol = symbols[index]
    if (symbol === undefined) throw new AvroMalformedError(`symbol ${index} of ${symbols.length}`)
    return bytes.spend(JSON.stringify(symbol))
  }
}

function compileFixed(size: number): ReadJson {
  return bytes => quote(bytes, bytes.take(size))
}

function compileLogical(logic: Logic, type: avro.Type): ReadJson {
  const spelled = compileSpelling(logic, type)
  return bytes => bytes.spend(JSON.stringify(spelled(bytes)))
}

function compileSpelling(logic: Logic, type: avro.Type): (bytes: AvroBytes) => string {
  const size = type instanceof avro.types.FixedType ? type.size : null
  const takeBytes = (bytes: AvroBytes) => (size === null ? bytes.readBytes() : bytes.take(size))
  switch (logic.kind) {
    case 'decimal':
      return bytes => spellDecimal(takeBytes(bytes), logic.scale)
    case 'uuid':
      return size === null
        ? bytes => bytes.readBytes().toString('utf8')
        : bytes => spellUuid(bytes.take(size))
    case 'date':
      return bytes => spellDate(bytes.readInt())
    default:
      return bytes => spellTime(logic.kind, bytes.readLong())
  }
}
