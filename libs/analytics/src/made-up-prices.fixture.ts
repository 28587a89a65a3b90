import type { AssetPrices } from './series/alignment';

export const day = (i: number): string => new Date(Date.UTC(2020, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);

/** Prices on consecutive days; the raw close is the adjusted one unless another is given. */
export const series = (symbol: string, adjClose: number[], over: Partial<AssetPrices> = {}): AssetPrices => ({
  symbol,
  currency: 'USD',
  source: 'test',
  dates: adjClose.map((_, i) => day(i)),
  adjClose,
  close: adjClose,
  ...over,
});

/** The prices that these returns make of 100. */
export const pathOf = (returns: readonly number[]): number[] =>
  returns.reduce((path, change) => [...path, path.at(-1)! * (1 + change)], [100]);
