import { systemPrompt } from '../reply/system-prompt';
import { LeakGate } from './leak-gate';

const system = systemPrompt('2022-12-28');

function isNoticed(text: string): boolean {
  const gate = new LeakGate(system);
  for (const piece of text.match(/.{1,7}/gsu) ?? []) gate.push(piece);
  return gate.leaked;
}

describe('the system prompt in an answer', () => {
  it.each([
    'I give no investment advice and no predictions, so I cannot say whether to buy AAPL.',
    'I am the assistant of StockTool, for questions about companies, funds, indexes and portfolios.',
    'Rates are written as percentages, and every figure names its source and date.',
  ])('is not noticed where an assistant speaks of itself: %s', (text) => {
    expect(isNoticed(text)).toBe(false);
  });

  it.each(system.split('\n').slice(0, 4))('is noticed line by line: %s', (line) => {
    expect(isNoticed(`Here: ${line}`)).toBe(true);
  });
});
