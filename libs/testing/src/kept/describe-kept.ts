import { z } from 'zod';
import { keep, type Kept, keptOf, rowOf } from './kept-versions';
import { type JsonSchema, refusals, strictObjects, type Strangers } from './schema-differences';

export interface KeptOptions {
  /** What becomes of fields that a reader does not know. */
  readonly strangers?: Strangers;
  /**
   * What the newest kept version does not read, with why that harms nobody: nothing writes it yet (first every version reads it, then
   * one writes it), or what it cannot read counts there as absent.
   */
  readonly unreadThere?: Readonly<Record<string, string>>;
  /** What this version does not read of what the schema of a kept one allowed, with why: no version ever wrote it. */
  readonly unreadHere?: Readonly<Record<string, string>>;
}

/** Names the day of a version, such as 2026-11-30: what this checkout reads and writes is kept as that version. */
const keepAs = process.env['KEEP_VERSION'];

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;

/**
 * Tests that versions can share what `schema` describes: this one reads what kept versions wrote and said that they may write, and
 * the newest kept one reads whatever this one may write. A field that is added must be optional; one that is taken away, renamed or
 * narrowed needs two releases.
 */
export function describeKept(name: string, schema: z.ZodType, options: KeptOptions = {}): void {
  describe(`${name}, between versions`, () => {
    if (keepAs !== undefined) {
      it(`is kept as ${keepAs}`, () => {
        keep({ version: keepAs, reads: schemaOf(schema, 'input'), writes: schemaOf(schema, 'output') }, name);
      });
      return;
    }
    if (options.strangers !== 'handed back')
      it('takes fields that only a later version knows', () =>
        expect(strictObjects(schemaOf(schema, 'input'))).toEqual([]));
    const kept = keptOf(name);
    it('is kept of a version', () => expect(kept.length).toBeGreaterThan(0));
    for (const one of kept) testVersion(one, schema, options);
    const { strangers, unreadHere = {}, unreadThere = {} } = options;
    const found = kept.flatMap(({ reads, writes }) => [
      ...(writes ? refusals(schemaOf(schema, 'input'), writes, strangers) : []),
      ...(reads ? refusals(reads, schemaOf(schema, 'output'), strangers) : []),
    ]);
    const excused = Object.keys({ ...unreadHere, ...unreadThere });
    if (excused.length > 0)
      it('has no exception that no kept version needs', () =>
        expect(excused.filter((name) => !found.includes(name))).toEqual([]));
  });
}

const notIn = (excused: Readonly<Record<string, string>>, names: readonly string[]): string[] =>
  names.filter((name) => !(name in excused));

function testVersion({ version, reads, writes, written }: Kept, schema: z.ZodType, options: KeptOptions): void {
  const { strangers = 'ignored', unreadThere = {}, unreadHere = {} } = options;
  if (written)
    it.each(written.map((one, index) => [index, asRead(one)] as const))(
      `is read as ${version} wrote it (%i)`,
      (_index, value) => {
        const known = schema.parse(value);
        // What is written back is read by that version again, with what this one fills in.
        if (reads && strangers === 'ignored') z.fromJSONSchema(reads as never).parse(JSON.parse(JSON.stringify(known)));
      },
    );
  if (writes)
    it(`is read whatever ${version} may write`, () =>
      expect(notIn(unreadHere, refusals(schemaOf(schema, 'input'), writes, strangers))).toEqual([]));
  if (reads)
    it(`is written so that ${version} reads it`, () =>
      expect(notIn(unreadThere, refusals(reads, schemaOf(schema, 'output'), strangers))).toEqual([]));
}

/** A row as it is stored, or a message. */
const asRead = (one: unknown): unknown => (isStored(one) ? rowOf(one.row) : one);

const isStored = (one: unknown): one is { row: Parameters<typeof rowOf>[0] } =>
  typeof one === 'object' && one !== null && 'row' in one;
