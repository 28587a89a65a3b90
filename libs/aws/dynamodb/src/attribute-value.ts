import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, unknown>;

/** A value that DynamoDB cannot hold as it is. Names the attribute, never the value: values may be secrets. */
export class AttributeNotStorable extends Error {
  constructor(
    readonly path: string,
    readonly fault: string,
  ) {
    super(`Attribute ${path} cannot be stored: ${fault}`);
    this.name = 'AttributeNotStorable';
  }
}

const smallestMagnitude = 1e-130;
const magnitudeLimit = 1e126;

/**
 * The attributes of an item. Numbers come back bit for bit (the shortest decimal of a double has at most 17 of DynamoDB's
 * 38 digits), except that -0 is stored as 0. Attributes that are `undefined` are left out; whatever would come back as
 * something else is refused: NaN, infinities, numbers out of DynamoDB's range, dates, empty sets, class instances.
 */
export function toAttributes(item: Item, path = ''): Record<string, AttributeValue> {
  const attributes: [string, AttributeValue][] = [];
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined) attributes.push([name, toAttribute(value, path === '' ? name : `${path}.${name}`)]);
  }
  return Object.fromEntries(attributes);
}

export function fromAttributes(attributes: Record<string, AttributeValue>): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, fromAttribute(value)]));
}

function toAttribute(value: unknown, path: string): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: decimal(value, path) };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      return value === null ? { NULL: true } : structured(value, path);
    default:
      throw new AttributeNotStorable(path, `${typeof value} has no DynamoDB type`);
  }
}

function decimal(value: number, path: string): string {
  if (!Number.isFinite(value)) throw new AttributeNotStorable(path, 'not a finite number');
  const magnitude = Math.abs(value);
  if (magnitude >= magnitudeLimit) throw new AttributeNotStorable(path, 'the number is too large for DynamoDB');
  if (magnitude > 0 && magnitude < smallestMagnitude)
    throw new AttributeNotStorable(path, 'the number is too close to zero for DynamoDB');
  return String(value);
}

function structured(value: object, path: string): AttributeValue {
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: value.map((element, index) => toAttribute(element, `${path}[${index}]`)) };
  if (value instanceof Set) return setOf([...(value as Set<unknown>)], path);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return { M: toAttributes(value as Item, path) };
  throw new AttributeNotStorable(path, `${value.constructor.name} has no DynamoDB type`);
}

function setOf(members: unknown[], path: string): AttributeValue {
  if (members.length === 0) throw new AttributeNotStorable(path, 'a set must not be empty');
  if (members.every((member) => typeof member === 'string')) return { SS: members };
  if (members.every((member) => typeof member === 'number'))
    return { NS: members.map((member) => decimal(member, path)) };
  if (members.every((member) => member instanceof Uint8Array)) return { BS: members };
  throw new AttributeNotStorable(path, 'a set holds strings only, numbers only or bytes only');
}

function fromAttribute(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.M !== undefined) return fromAttributes(value.M);
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.B !== undefined) return value.B;
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map(Number));
  if (value.BS !== undefined) return new Set(value.BS);
  throw new TypeError(`Unknown DynamoDB type ${Object.keys(value).join(', ')}`);
}
