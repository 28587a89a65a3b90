import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer } from './tokenizer';
import { tokensAtMost } from './tokens';

describe('the tokenizer', () => {
  it('bounds before its table is there, and counts as published after', async () => {
    const tokenizer = new Tokenizer();
    expect(tokenizer.count('hello world')).toBe(tokensAtMost('hello world'));
    await tokenizer.load();
    // both by OpenAI's tiktoken for o200k_base: [24912, 2375] and its cookbook's example of six
    expect(tokenizer.count('hello world')).toBe(2);
    expect(tokenizer.count('tiktoken is great!')).toBe(6);
    expect(tokenizer.count('<|endoftext|>')).toBeGreaterThan(1);
    expect(tokenizer.count('')).toBe(0);
  });

  it('is bounded from above by the estimate, for prose, JSON and other scripts', async () => {
    const tokenizer = new Tokenizer();
    await tokenizer.load();
    const page = readFileSync(path.resolve(import.meta.dirname, '../../../README.md'), 'utf8');
    const figures = JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ date: `2020-01-${i}`, return: i / 7 })));
    for (const text of [
      page,
      figures,
      '价格是多少？苹果公司的风险有多大？'.repeat(20),
      'Wie riskant ist Übermut? '.repeat(50),
    ])
      expect(tokensAtMost(text)).toBeGreaterThanOrEqual(tokenizer.count(text));
  });
});
