import type { OrderStatistics } from '../statistics/order-statistics';

/**
 * Expected tail loss with exactly the share 1 - confidence of the sample: the last return counts in part, which is the minimum of Rockafellar and
 * Uryasev (2000). Null of no returns.
 */
export function fractionalLoss(order: OrderStatistics, confidence: number): number | null {
  if (order.length === 0) return null;
  const size = (1 - confidence) * order.length;
  const whole = Math.max(Math.ceil(size) - 1, 0);
  return -order.sumOfLeast(whole) / size + order.at(whole) * (whole / size - 1);
}

export const fractionalLosses = (order: OrderStatistics) => ({
  '0.95': fractionalLoss(order, 0.95),
  '0.99': fractionalLoss(order, 0.99),
});
