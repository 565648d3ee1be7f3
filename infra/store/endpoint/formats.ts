/**
 * The formats that an answer is given in: what people, spreadsheets, charts and drivers read. Not those that take a
 * schema or a template from a file, speak another protocol, or draw.
 */
export const FORMATS: ReadonlySet<string> = new Set(
  [
    'Arrow ArrowStream Avro BSONEachRow CSV CSVWithNames CSVWithNamesAndTypes',
    'JSON JSONColumns JSONColumnsWithMetadata JSONCompact JSONCompactColumns JSONCompactEachRow',
    'JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactEachRowWithProgress',
    'JSONCompactStrings JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames',
    'JSONCompactStringsEachRowWithNamesAndTypes JSONCompactStringsEachRowWithProgress',
    'JSONEachRow JSONEachRowWithProgress JSONL JSONLines JSONObjectEachRow JSONStrings JSONStringsEachRow',
    'JSONStringsEachRowWithProgress LineAsString LineAsStringWithNames LineAsStringWithNamesAndTypes',
    'Markdown MD MsgPack Native NDJSON Null ORC Parquet',
    'Pretty PrettyCompact PrettyCompactMonoBlock PrettyCompactNoEscapes PrettyCompactNoEscapesMonoBlock',
    'PrettyJSONEachRow PrettyJSONLines PrettyMonoBlock PrettyNDJSON PrettyNoEscapes PrettyNoEscapesMonoBlock',
    'PrettySpace PrettySpaceMonoBlock PrettySpaceNoEscapes PrettySpaceNoEscapesMonoBlock',
    'Raw RawBLOB RawWithNames RawWithNamesAndTypes RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes',
    'SQLInsert TSKV TSV TSVRaw TSVRawWithNames TSVRawWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes',
    'TabSeparated TabSeparatedRaw TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes',
    'TabSeparatedWithNames TabSeparatedWithNamesAndTypes Values Vertical XML',
  ].flatMap(line => line.toLowerCase().split(' ')),
)
