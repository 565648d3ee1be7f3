import avro from 'avsc'
import { isTimeKind, type TimeKind } from './logical-text.ts'

/** Avro's text of a schema, and of those that it refers to, each after what it refers to itself. */
export type SchemaTexts = { readonly text: string; readonly references: readonly string[] }

/** Which text a value stands for, by its schema. */
export type Logic =
  | { readonly kind: TimeKind }
  | { readonly kind: 'date' | 'uuid' }
  | { readonly kind: 'decimal'; readonly scale: number }

const SCALE_MAX = 1_000

/** A type with a meaning. By avsc's rule, which is Avro's, one that can't have it is read as if it had none. */
export class LogicalType extends avro.types.LogicalType {
  readonly logic: Logic

  constructor(schema: avro.Schema, options?: unknown) {
    super(schema, options)
    const logic = readLogic(schema, this.underlyingType)
    if (logic === null) throw new TypeError('the type has no such meaning')
    this.logic = logic
  }

  /** As it is: what it means is told when it is read. */
  override _fromValue(value: unknown): unknown {
    return value
  }

  override _toValue(value: unknown): unknown {
    return value
  }
}

const LOGICAL_NAMES = [
  ...['timestamp-millis', 'timestamp-micros', 'timestamp-nanos'],
  ...['local-timestamp-millis', 'local-timestamp-micros', 'local-timestamp-nanos'],
  ...['time-millis', 'time-micros', 'date', 'decimal', 'uuid'],
]

/** Throws where it is no schema of Avro. */
export function parseAvroSchema({ text, references }: SchemaTexts): avro.Type {
  // Shared, so that what was referred to is known by its name.
  const options: Partial<avro.ForSchemaOptions> = {
    registry: {},
    // Whatever its branches are, one is told by its place.
    wrapUnions: 'always',
    logicalTypes: Object.fromEntries(LOGICAL_NAMES.map(name => [name, LogicalType])),
    typeHook(schema) {
      // A default is a reader's, and registries hold some that are none of their type.
      if (hasFields(schema)) for (const field of schema.fields) delete field.default
      return undefined
    },
  }
  for (const reference of references) avro.Type.forSchema(JSON.parse(reference), options)
  return avro.Type.forSchema(JSON.parse(text), options)
}

function hasFields(schema: unknown): schema is { readonly fields: { default?: unknown }[] } {
  return typeof schema === 'object' && schema !== null && 'fields' in schema && Array.isArray(schema.fields)
}

function readLogic(schema: avro.Schema, type: avro.Type): Logic | null {
  const name = typeof schema === 'object' && 'logicalType' in schema ? schema.logicalType : undefined
  const scale = typeof schema === 'object' && 'scale' in schema ? schema.scale : 0
  const { typeName } = type
  switch (name) {
    case 'date':
      return typeName === 'int' ? { kind: name } : null
    case 'uuid':
      return typeName === 'string' || isFixed(type, 16) ? { kind: name } : null
    case 'decimal': {
      const isScale = typeof scale === 'number' && Number.isInteger(scale) && scale >= 0 && scale <= SCALE_MAX
      return isScale && (typeName === 'bytes' || isFixed(type)) ? { kind: name, scale } : null
    }
    default:
      if (typeof name !== 'string' || !isTimeKind(name)) return null
      return typeName === (name === 'time-millis' ? 'int' : 'long') ? { kind: name } : null
  }
}

function isFixed(type: avro.Type, size?: number): boolean {
  return type instanceof avro.types.FixedType && (size === undefined || type.size === size)
}
