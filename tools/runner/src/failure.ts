import { types } from 'node:util';

/** A failure that the user can act on: printed as one line. */
export class Failure extends Error {
  override name = 'Failure';
}

/** What a person is told of an error: one line, no stack. */
export function oneLine(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (!types.isNativeError(error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC') return 'The disk is full: free some space and try again.';
  const [line = ''] = error.message.split('\n');
  if (code.startsWith('ERR_PARSE_ARGS')) return line.split('. ')[0] ?? line;
  return `${error.name}: ${line}`;
}
