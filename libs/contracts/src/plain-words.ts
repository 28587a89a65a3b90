import { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

const formats: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address',
  url: 'must be a web address',
  uuid: 'must be an id (UUID)',
  date: 'must be a date such as 2024-03-28',
  datetime: 'must be a time such as 2024-03-28T15:00:00Z',
  time: 'must be a time of day such as 15:00',
};

/** What is counted, by what the limit is of. */
const counted: Readonly<Record<string, string>> = {
  string: 'character',
  array: 'entry',
  set: 'entry',
  object: 'field',
};
const several = (count: number | bigint, one: string): string =>
  `${count} ${count === 1 || count === 1n ? one : one.replace(/y$/, 'ie') + 's'}`;

/**
 * What is wrong with a value, as a person would say it after the name of its field. undefined: zod's own words. Only where a
 * schema has no words of its own; they are better.
 */
function inPlainWords(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return kinds[issue.expected] && `must be ${kinds[issue.expected]}`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
      if (counted[issue.origin]) return `must have at least ${several(issue.minimum, counted[issue.origin]!)}`;
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      if (counted[issue.origin]) return `must have at most ${several(issue.maximum, counted[issue.origin]!)}`;
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_format':
      return formats[issue.format] ?? 'does not have the right form';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.join(', ')}`;
    case 'invalid_union':
      return 'has none of the forms that are allowed';
    case 'unrecognized_keys':
      return `has unknown fields: ${issue.keys.join(', ')}`;
    default:
      return undefined;
  }
}

z.config({ customError: inPlainWords });
