import { momentsOf, type Moments, type Sample } from './moments';
import { OrderStatistics } from './order-statistics';

/** Returns with what several figures need of them, made once: the order statistics and the moments. */
export interface ReturnSample {
  returns: Sample;
  order: OrderStatistics;
  moments: Moments;
}

export function sampleOf(returns: Sample): ReturnSample {
  const moments = momentsOf(returns);
  return { returns, moments, order: new OrderStatistics(returns, moments) };
}
