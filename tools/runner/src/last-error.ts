import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 64 * 1024;
const longest = 300;

/** The cause that the end of a log names, for the one line a person sees; empty when it names none. */
export function lastErrorIn(text: string): string {
  const line = text
    .trimEnd()
    .split('\n')
    .findLast((candidate) => /"level":"(error|fatal)"|Error\]?:|^[a-z-]+: /.test(candidate));
  if (line === undefined) return '';
  const message =
    /"message":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
  return (message.split('\\n')[0] ?? '').slice(0, longest);
}

/** The end of a file: a log may be large. Empty when the file cannot be read. */
export function tailOf(file: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const length = Math.min(size, tailBytes);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    return buffer.toString('utf8');
  } catch {
    return '';
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
