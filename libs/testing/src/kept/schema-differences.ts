/** The part of JSON Schema that zod writes. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** `handed back`: what names unknown fields is left to a process that knows them, so only a field in every message would harm. */
export type Strangers = 'ignored' | 'handed back';

/**
 * Where a reader would refuse what a writer may write, a line each; empty when it reads all of it. Sufficient rather than exact: a
 * union is read only when each of its branches is read by one branch of the reader, a pattern only by the same pattern.
 */
export function refusals(reader: JsonSchema, writer: JsonSchema, strangers: Strangers = 'ignored'): string[] {
  return new Comparison(reader, writer, strangers).refusals(reader, writer, []);
}

/** Where an object refuses fields that it does not know. */
export function strictObjects(schema: JsonSchema, path: Path = []): string[] {
  const { properties = {}, additionalProperties, items, prefixItems = [], anyOf = [], oneOf = [], allOf = [] } = schema;
  const below = [
    ...Object.entries(properties),
    ...Object.entries(schema.$defs ?? {}),
    ...[...prefixItems, ...(items ? [items] : [])].map((item) => ['[]', item] as const),
    ...(typeof additionalProperties === 'object' ? [['*', additionalProperties] as const] : []),
  ].flatMap(([name, child]) => strictObjects(child, [...path, name]));
  const branches = [...anyOf, ...oneOf, ...allOf].flatMap((branch) => strictObjects(branch, path));
  return [...(additionalProperties === false ? [path.join('.') || '(whole)'] : []), ...below, ...branches];
}

type Path = readonly string[];

class Comparison {
  constructor(
    private readonly readerRoot: JsonSchema,
    private readonly writerRoot: JsonSchema,
    private readonly strangers: Strangers,
  ) {}

  refusals(readerAs: JsonSchema, writerAs: JsonSchema, path: Path): string[] {
    const reader = resolved(this.readerRoot, readerAs);
    const writer = resolved(this.writerRoot, writerAs);
    const branches = writer.anyOf ?? writer.oneOf;
    if (branches) return branches.flatMap((branch) => this.refusals(reader, branch, path));
    const readers = reader.anyOf ?? reader.oneOf;
    if (readers) return fewest(readers.map((branch) => this.refusals(branch, writer, path)));
    if (reader.allOf) return reader.allOf.flatMap((part) => this.refusals(part, writer, path));
    if (writer.allOf) return fewest(writer.allOf.map((part) => this.refusals(reader, part, path)));
    const types = typeRefusals(reader, writer, path);
    if (types.length > 0) return types;
    return [
      ...valueRefusals(reader, writer, path),
      ...this.objectRefusals(reader, writer, path),
      ...this.arrayRefusals(reader, writer, path),
    ];
  }

  private objectRefusals(reader: JsonSchema, writer: JsonSchema, path: Path): string[] {
    const written = writer.properties ?? {};
    const missing = (reader.required ?? [])
      .filter((name) => !(writer.required ?? []).includes(name))
      .map((name) => line([...path, name], name in written ? 'may be missing' : 'is not written'));
    const fields = Object.entries(written).flatMap(([name, schema]) =>
      this.fieldRefusals(reader, { name, schema, always: writer.required?.includes(name) ?? false }, path),
    );
    const others = writer.additionalProperties;
    if (typeof others !== 'object') return [...missing, ...fields];
    if (typeof reader.additionalProperties === 'object')
      return [...missing, ...fields, ...this.refusals(reader.additionalProperties, others, [...path, '*'])];
    const unread = reader.additionalProperties === false ? [line([...path, '*'], 'has unknown names')] : [];
    return [...missing, ...fields, ...unread];
  }

  private fieldRefusals(
    reader: JsonSchema,
    { name, schema, always }: { name: string; schema: JsonSchema; always: boolean },
    path: Path,
  ): string[] {
    const known = reader.properties?.[name];
    const at = [...path, name];
    if (known) return this.refusals(known, schema, at);
    if (typeof reader.additionalProperties === 'object') return this.refusals(reader.additionalProperties, schema, at);
    if (reader.additionalProperties !== false) return [];
    if (this.strangers === 'ignored') return [line(at, 'is unknown to a strict object')];
    return always ? [line(at, 'is unknown, and written always: a new option has no default')] : [];
  }

  private arrayRefusals(reader: JsonSchema, writer: JsonSchema, path: Path): string[] {
    const each = writer.items ? [writer.items] : (writer.prefixItems ?? []);
    return each.flatMap((item, index) => {
      const known = reader.prefixItems?.[index] ?? reader.items;
      return known ? this.refusals(known, item, [...path, '[]']) : [];
    });
  }
}

const line = (path: Path, what: string): string => `${path.join('.') || '(whole)'} ${what}`;

const fewest = (candidates: readonly string[][]): string[] =>
  candidates.reduce((best, candidate) => (candidate.length < best.length ? candidate : best));

function resolved(root: JsonSchema, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  if (schema.$ref === '#') return root;
  const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
  if (target === undefined) throw new Error(`no definition ${schema.$ref}`);
  return resolved(root, target);
}

const typesOf = ({ type }: JsonSchema): readonly string[] => (typeof type === 'string' ? [type] : (type ?? []));
const valuesOf = (schema: JsonSchema): readonly unknown[] | undefined =>
  schema.enum ?? ('const' in schema ? [schema.const] : undefined);

function typeRefusals(reader: JsonSchema, writer: JsonSchema, path: Path): string[] {
  const read = typesOf(reader);
  if (read.length === 0) return [];
  const written = typesOf(writer);
  if (written.length === 0) return [line(path, `may be anything, not only ${read.join(' or ')}`)];
  const isRead = (type: string) => read.includes(type) || (type === 'integer' && read.includes('number'));
  return written.filter((type) => !isRead(type)).map((type) => line(path, `may be of type ${type}`));
}

function valueRefusals(reader: JsonSchema, writer: JsonSchema, path: Path): string[] {
  const [read, written] = [valuesOf(reader), valuesOf(writer)];
  if (read && written)
    return written
      .filter((value) => !read.includes(value))
      .map((value) => line(path, `may be ${JSON.stringify(value)}`));
  if (read) return [line(path, 'has values beyond the known ones')];
  if (written) return [];
  const sameFormat = reader.format !== undefined && reader.format === writer.format;
  const text = (['format', 'pattern'] as const).filter(
    (rule) => !sameFormat && reader[rule] !== undefined && reader[rule] !== writer[rule],
  );
  return [...text.map((rule) => line(path, `has another ${rule}`)), ...boundRefusals(reader, writer, path)];
}

const least = ['minLength', 'minItems', 'minimum', 'exclusiveMinimum'] as const;
const most = ['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum'] as const;

function boundRefusals(reader: JsonSchema, writer: JsonSchema, path: Path): string[] {
  const beyond = (
    bound: (typeof least)[number] | (typeof most)[number],
    isWithin: (a: number, b: number) => boolean,
  ) => {
    const [read, written] = [reader[bound], writer[bound]];
    if (read === undefined || (written !== undefined && isWithin(written, read))) return [];
    return [line(path, `goes beyond ${bound} ${read}`)];
  };
  return [
    ...least.flatMap((bound) => beyond(bound, (written, read) => written >= read)),
    ...most.flatMap((bound) => beyond(bound, (written, read) => written <= read)),
  ];
}
