import { z } from 'zod';
import { type JsonSchema, refusals, strictObjects, type Strangers } from './schema-differences';

const reads = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
const writes = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'output' }) as JsonSchema;
const between = (reader: z.ZodType, writer: z.ZodType, strangers?: Strangers) =>
  refusals(reads(reader), writes(writer), strangers);

const before = z.object({
  id: z.uuid(),
  status: z.enum(['queued', 'done']),
  note: z.string().max(100).optional(),
  steps: z.array(z.object({ at: z.iso.datetime(), ok: z.boolean() })),
  shares: z.record(z.string(), z.number()),
  work: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mail'), to: z.string() }),
    z.object({ kind: z.literal('event'), type: z.string(), count: z.number().int().min(1) }),
  ]),
});
const step = z.object({ at: z.iso.datetime(), ok: z.boolean() });

describe('two versions of a schema', () => {
  it('read each other when nothing changed', () => {
    expect(between(before, before)).toEqual([]);
  });

  it.each<[string, z.ZodType]>([
    ['an optional field', before.extend({ more: z.number().optional() })],
    ['a field with a default', before.extend({ more: z.number().default(1) })],
    ['an optional field deep inside', before.extend({ steps: z.array(step.extend({ more: z.string().optional() })) })],
    ['a wider limit', before.extend({ note: z.string().max(200).optional() })],
  ])('the new one reads what the old one wrote after %s was added', (_, after) => {
    expect(between(after, before)).toEqual([]);
  });

  it.each<[string, z.ZodType]>([
    ['an optional field', before.extend({ more: z.number().optional() })],
    ['a field with a default', before.extend({ more: z.number().default(1) })],
    ['an optional field deep inside', before.extend({ steps: z.array(step.extend({ more: z.string().optional() })) })],
    ['a narrower limit', before.extend({ note: z.string().max(50).optional() })],
  ])('the old one reads what the new one writes after %s', (_, after) => {
    expect(between(before, after)).toEqual([]);
  });

  it.each<[string, z.ZodType, string[]]>([
    ['a field was taken away', before.omit({ id: true }), ['id is not written']],
    [
      'a field was renamed',
      before.omit({ shares: true }).extend({ parts: before.shape.shares }),
      ['shares is not written'],
    ],
    ['a field may be missing', before.extend({ id: z.uuid().optional() }), ['id may be missing']],
    [
      'another value may come',
      before.extend({ status: z.enum(['queued', 'done', 'paused']) }),
      ['status may be "paused"'],
    ],
    [
      'another type may come',
      before.extend({ note: z.string().max(100).nullable().optional() }),
      ['note may be of type null'],
    ],
    ['texts may be longer', before.extend({ note: z.string().optional() }), ['note goes beyond maxLength 100']],
    ['a format was given up', before.extend({ id: z.string() }), ['id has another format', 'id has another pattern']],
    [
      'a field of a list was taken away',
      before.extend({ steps: z.array(step.omit({ ok: true })) }),
      ['steps.[].ok is not written'],
    ],
    [
      'another kind of message may come',
      before.extend({ work: z.union([before.shape.work, z.object({ kind: z.literal('goodbye'), to: z.string() })]) }),
      ['work.kind may be "goodbye"'],
    ],
    [
      'values of a map are others',
      before.extend({ shares: z.record(z.string(), z.string()) }),
      ['shares.* may be of type string'],
    ],
  ])('the old one does not read what the new one writes when %s', (_, after, expected) => {
    expect(between(before, after)).toEqual(expected);
  });

  it.each<[string, z.ZodType, string[]]>([
    ['a field is now required', before.extend({ note: z.string().max(100) }), ['note may be missing']],
    ['a new field is required', before.extend({ more: z.number() }), ['more is not written']],
    ['a value is gone', before.extend({ status: z.enum(['queued']) }), ['status may be "done"']],
    ['a limit is narrower', before.extend({ note: z.string().max(50).optional() }), ['note goes beyond maxLength 50']],
    [
      'a type is narrower',
      before.extend({ shares: z.record(z.string(), z.number().int()) }),
      ['shares.* may be of type number'],
    ],
  ])('the new one does not read what the old one wrote when %s', (_, after, expected) => {
    expect(between(after, before)).toEqual(expected);
  });

  it('a strict object refuses whatever a later version adds, unless what has it is left to that version', () => {
    const strict = z.strictObject({ paths: z.number() });
    const optional = z.strictObject({ paths: z.number(), sampling: z.string().optional() });
    const byDefault = z.strictObject({ paths: z.number(), sampling: z.string().default('pseudo') });
    expect(between(strict, optional)).toEqual(['sampling is unknown to a strict object']);
    expect(between(strict, optional, 'handed back')).toEqual([]);
    expect(between(strict, byDefault, 'handed back')).toEqual([
      'sampling is unknown, and written always: a new option has no default',
    ]);
  });

  it('name their strict objects, wherever they are', () => {
    const strict = z.strictObject({ a: z.number() });
    const inside = z.object({
      list: z.array(strict),
      either: z.union([z.string(), strict]),
      map: z.record(z.string(), strict),
    });
    expect(strictObjects(reads(strict))).toEqual(['(whole)']);
    expect(strictObjects(reads(inside))).toEqual(['list.[]', 'either', 'map.*']);
    expect(strictObjects(reads(before))).toEqual([]);
  });

  it('follow definitions', () => {
    const named = z.object({ value: z.number() }).meta({ id: 'Named' });
    const other = z.object({ value: z.string() }).meta({ id: 'Other' });
    expect(between(z.object({ one: named, two: named }), z.object({ one: named, two: named }))).toEqual([]);
    expect(between(z.object({ one: named }), z.object({ one: other }))).toEqual(['one.value may be of type string']);
  });
});
