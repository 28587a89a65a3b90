import { costMicroUsd, dearest, listPrice } from './price';

describe('the price table', () => {
  it('gives the price of the day', () => {
    expect(listPrice('gpt-4o', '2024-06-01')).toMatchObject({ prompt: 5, completion: 15 });
    expect(listPrice('gpt-4o', '2025-01-01')).toMatchObject({ prompt: 2.5, completion: 10 });
    expect(listPrice('gpt-4o-2024-08-06', '2025-01-01')).toMatchObject({ prompt: 2.5 });
    expect(listPrice('gpt-4o', '2024-01-01')).toBeUndefined();
    expect(listPrice('llama', '2025-01-01')).toBeUndefined();
  });

  it('counts in millionths of a dollar and rounds up', () => {
    // one thousand tokens in at 0.40 $ and five hundred out at 1.60 $ for a million: 0.0004 $ + 0.0008 $
    expect(costMicroUsd(listPrice('gpt-4.1-mini', '2025-12-01')!, 1000, 500)).toBe(1200);
    expect(costMicroUsd({ prompt: 0.05, completion: 0.4 }, 1, 0)).toBe(1);
    expect(dearest).toEqual({ prompt: 10, completion: 40 });
  });
});
