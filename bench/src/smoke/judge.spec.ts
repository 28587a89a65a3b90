import { judge } from './judge';

const kept = [{ name: 'one', ratio: 2 }];
const outcome = (ratio: number, control = 1, name = 'one') => judge([{ name, ratio, control }], kept)[0]?.outcome;

describe('judge', () => {
  it('lets a ratio be up to 15 % worse', () => {
    expect(outcome(2.29)).toBe('held');
    expect(outcome(0.5)).toBe('held');
    expect(outcome(2.31)).toBe('WORSE');
  });

  it('judges nothing bad by a noisy machine, and takes nothing good from it', () => {
    expect(outcome(3, 1.2)).toMatch(/not judged/);
    expect(outcome(3, 0.85)).toMatch(/not judged/);
    expect(outcome(2, 1.2)).toBe('held');
  });

  it('says so when nothing is kept to compare with', () => {
    expect(outcome(3, 1, 'another')).toMatch(/nothing kept/);
  });
});
