import { attributesAsMessage, bodyAsMessage, compileFilterPolicy } from './filter-policy';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const number = (StringValue: string) => ({ DataType: 'Number', StringValue });
const attributes = attributesAsMessage({
  store: text('example_corp'),
  event: text('order_placed'),
  price: number('210.75'),
  interests: { DataType: 'String.Array', StringValue: '["soccer","rugby",7]' },
});
const matches = (policy: object): boolean =>
  compileFilterPolicy(JSON.stringify(policy), 'MessageAttributes')(attributes);

describe('a filter policy on attributes', () => {
  it.each([
    [{ store: ['example_corp'] }, true],
    [{ store: ['other', 'example_corp'] }, true],
    [{ store: ['example'] }, false],
    [{ store: ['example_corp'], event: ['order_cancelled'] }, false],
    [{ store: [{ prefix: 'example' }] }, true],
    [{ store: [{ suffix: 'corp' }] }, true],
    [{ store: [{ 'equals-ignore-case': 'EXAMPLE_CORP' }] }, true],
    [{ event: [{ 'anything-but': 'order_cancelled' }] }, true],
    [{ event: [{ 'anything-but': ['order_placed', 'x'] }] }, false],
    [{ event: [{ 'anything-but': { prefix: 'order' } }] }, false],
    [{ price: [210.75] }, true],
    [{ price: ['210.75'] }, false],
    [{ price: [{ numeric: ['>', 200] }] }, true],
    [{ price: [{ numeric: ['>', 0, '<=', 210.75] }] }, true],
    [{ price: [{ numeric: ['=', 210] }] }, false],
    [{ store: [{ exists: true }] }, true],
    [{ missing: [{ exists: false }] }, true],
    [{ missing: [{ exists: true }] }, false],
    [{ missing: [{ 'anything-but': 'x' }] }, false],
    [{ interests: ['rugby'] }, true],
    [{ interests: [7] }, true],
    [{ interests: ['golf'] }, false],
    [{ $or: [{ store: ['x'] }, { event: ['order_placed'] }] }, true],
    [{ $or: [{ store: ['x'] }, { event: ['y'] }] }, false],
    [{ store: ['example_corp'], $or: [{ price: [1] }, { price: [{ numeric: ['<', 300] }] }] }, true],
  ])('%j → %s', (policy, expected) => expect(matches(policy)).toBe(expected));

  it.each([
    [{ a: 'text' }],
    [{ a: [] }],
    [{ a: { b: ['c'] } }],
    [{ a: [{ unknown: 1 }] }],
    [{ a: [{ numeric: ['~', 1] }] }],
  ])('refuses %j', (policy) => expect(() => matches(policy)).toThrow('FilterPolicy'));

  it('refuses what is no JSON object and what has too many combinations', () => {
    expect(() => compileFilterPolicy('[]', 'MessageAttributes')).toThrow('object');
    expect(() => compileFilterPolicy('{', 'MessageAttributes')).toThrow('JSON');
    const values = Array.from({ length: 13 }, (_, index) => String(index));
    expect(() => matches({ a: values, b: values })).toThrow('150');
  });
});

describe('a filter policy on the body', () => {
  const body = bodyAsMessage(
    JSON.stringify({ type: 'a', nested: { deep: { level: 3 } }, rows: [{ kind: 'x' }, { kind: 'y' }] }),
  )!;
  it.each([
    [{ type: ['a'], nested: { deep: { level: [3] } } }, true],
    [{ nested: { deep: { level: [4] } } }, false],
    [{ rows: { kind: ['y'] } }, true],
    [{ nested: { other: [{ exists: false }] } }, true],
    [{ gone: { other: [{ exists: false }] } }, true],
  ])('%j → %s', (policy, expected) => {
    expect(compileFilterPolicy(JSON.stringify(policy), 'MessageBody')(body)).toBe(expected);
  });

  it('matches nothing in a body that is no object', () => expect(bodyAsMessage('[1]')).toBeUndefined());
});
