import { parseArgs } from 'node:util';
import { Failure, oneLine } from './failure';

describe('what a person is told of an error', () => {
  it('is the message alone when the person can act on it', () => {
    expect(oneLine(new Failure('Port 3000 is in use.'))).toBe('Port 3000 is in use.');
  });

  it('is one line without a stack for anything else', () => {
    const error = new TypeError('no such thing\n    at somewhere (file.ts:1:1)');
    expect(oneLine(error)).toBe('TypeError: no such thing');
    expect(oneLine('a word')).toBe('a word');
  });

  it('names a full disk', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(oneLine(error)).toMatch(/^The disk is full/);
  });

  it('names a wrong option as it was typed', () => {
    const parse = () => parseArgs({ args: ['--wrokers', '2'], options: { workers: { type: 'string' } } });
    expect(() => parse()).toThrow();
    try {
      parse();
    } catch (error) {
      expect(oneLine(error)).toBe("Unknown option '--wrokers'");
    }
  });
});
