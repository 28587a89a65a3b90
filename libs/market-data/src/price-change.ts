interface PriceChange {
  readonly change: number | null;
  /** In percent points. */
  readonly changePercent: number | null;
}

/** Of the shortest text that means this number: `0.25` has two, `1e-7` seven. */
function decimalsOf(price: number): number {
  const [, digits = '', exponent = '0'] = /^\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(price)) ?? [];
  return Math.min(100, Math.max(0, digits.length - Number(exponent)));
}

/**
 * From the close before to a price. The change has no more decimals than the two: the difference of 125.674 and 129.652 in binary is
 * -3.97799999999998, and no price was ever quoted so.
 */
export function priceChange(price: number, previousClose: number | null): PriceChange {
  if (previousClose === null) return { change: null, changePercent: null };
  const decimals = Math.max(decimalsOf(price), decimalsOf(previousClose));
  return {
    change: Number((price - previousClose).toFixed(decimals)),
    changePercent: (price / previousClose - 1) * 100,
  };
}
