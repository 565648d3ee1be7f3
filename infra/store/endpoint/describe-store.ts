import { z } from 'zod'
import { streamSecret } from '../tables/stream-secret.ts'

const tableShape = z.strictObject({
  name: z.string(),
  createQuery: z.string(),
  /** From the engine's name to the end of the settings, as it stands in `createQuery`. Of a view, nothing. */
  engineFull: z.string(),
  /** Where its parts are. Of a view, null. */
  dataPath: z.string().nullable(),
})

/** What is needed to read a store's tables and views from another process. */
export const storeDescriptionShape = z.strictObject({ database: z.string(), tables: z.array(tableShape) })

export type TableDescription = z.infer<typeof tableShape>
export type StoreDescription = z.infer<typeof storeDescriptionShape>

/** All but what signs a stream's records, which analysts don't read. `folder` must be open in this process, or free. */
export async function describeStore(folder: string, database: string): Promise<StoreDescription> {
  const { Session } = await import('chdb')
  const session = new Session(folder)
  try {
    const result = await session.queryBindAsync(
      `SELECT name, create_table_query AS createQuery, engine_full AS engineFull,
        if(empty(data_paths), NULL, data_paths[1]) AS dataPath
      FROM system.tables WHERE database = {database:String} AND name != {secret:String}
      ORDER BY metadata_modification_time, name`,
      { database, secret: streamSecret.name },
      { format: 'JSON' },
    )
    const { data } = z.object({ data: z.array(tableShape) }).parse(JSON.parse(result.text()))
    return { database, tables: data }
  } finally {
    session.close()
  }
}
