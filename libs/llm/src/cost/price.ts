/** In US dollars for a million tokens, which is the same as millionths of a dollar for one. */
export interface Price {
  readonly prompt: number;
  readonly completion: number;
}

interface DatedPrice extends Price {
  readonly model: string;
  /** The first day of this price. */
  readonly from: string;
}

/**
 * List prices without discounts (cached prompts, batches), as OpenAI publishes them (https://openai.com/api/pricing, last compared
 * by hand 2025-08-07); Azure's global deployments have the same. A price that changes gets a new row: earlier answers keep theirs.
 */
const listPrices: readonly DatedPrice[] = [
  { model: 'gpt-5', from: '2025-08-07', prompt: 1.25, completion: 10 },
  { model: 'gpt-5-mini', from: '2025-08-07', prompt: 0.25, completion: 2 },
  { model: 'gpt-5-nano', from: '2025-08-07', prompt: 0.05, completion: 0.4 },
  { model: 'gpt-4.1', from: '2025-04-14', prompt: 2, completion: 8 },
  { model: 'gpt-4.1-mini', from: '2025-04-14', prompt: 0.4, completion: 1.6 },
  { model: 'gpt-4.1-nano', from: '2025-04-14', prompt: 0.1, completion: 0.4 },
  { model: 'o4-mini', from: '2025-04-16', prompt: 1.1, completion: 4.4 },
  { model: 'o3', from: '2025-04-16', prompt: 10, completion: 40 },
  { model: 'o3', from: '2025-06-10', prompt: 2, completion: 8 },
  { model: 'gpt-4o', from: '2024-05-13', prompt: 5, completion: 15 },
  { model: 'gpt-4o', from: '2024-10-02', prompt: 2.5, completion: 10 },
  { model: 'gpt-4o-mini', from: '2024-07-18', prompt: 0.15, completion: 0.6 },
];

/** The dearest of the table: what a model without a known price is taken to cost, so that a budget holds for it too. */
export const dearest: Price = listPrices.reduce<Price>(
  (most, { prompt, completion }) => ({
    prompt: Math.max(most.prompt, prompt),
    completion: Math.max(most.completion, completion),
  }),
  { prompt: 0, completion: 0 },
);

/** The list price of a model on a day; undefined for one that is not in the table. A snapshot's date in the name does not matter. */
export function listPrice(name: string, day: string): Price | undefined {
  const model = name.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  const rows = listPrices.filter((row) => row.model === model && row.from <= day);
  return rows.reduce<DatedPrice | undefined>((last, row) => (last && last.from > row.from ? last : row), undefined);
}

/** Millionths of a dollar, rounded up. */
export const costMicroUsd = ({ prompt, completion }: Price, promptTokens: number, completionTokens: number): number =>
  Math.ceil(prompt * promptTokens + completion * completionTokens);
