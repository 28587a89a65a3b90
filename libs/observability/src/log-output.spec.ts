import fs from 'node:fs';
import { jest } from '@jest/globals';
import { LogOutput } from './log-output';

describe('standard output', () => {
  const written: string[] = [];
  beforeEach(() => {
    jest.spyOn(fs, 'writeSync').mockImplementation((_: number, text: string) => {
      written.push(text);
      return text.length;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    written.length = 0;
  });

  it('has a warning at once with what waited before it, and lets nobody wait for the disk', () => {
    const disk = jest.spyOn(fs, 'fsyncSync').mockReturnValue(undefined);
    const output = new LogOutput();
    output.lastLevel = 30;
    output.write('first\n');
    expect(written).toEqual([]);
    output.lastLevel = 40;
    output.write('second\n');
    expect(written.join('')).toBe('first\nsecond\n');
    expect(disk).not.toHaveBeenCalled();
  });

  it('has a line that nothing follows a tenth of a second later', () => {
    jest.useFakeTimers();
    const output = new LogOutput();
    output.lastLevel = 30;
    output.write('alone\n');
    jest.advanceTimersByTime(99);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(written).toEqual(['alone\n']);
    jest.useRealTimers();
  });
});
