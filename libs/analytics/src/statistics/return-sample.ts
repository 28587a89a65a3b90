import { momentsOf, type Moments, type Sample } from './moments';
import { ascending } from './quantile';

/** Returns with what several figures need of them, made once: the order statistics and the moments. */
export interface ReturnSample {
  returns: Sample;
  sorted: Sample;
  moments: Moments;
}

export const sampleOf = (returns: Sample): ReturnSample => ({
  returns,
  sorted: ascending(returns),
  moments: momentsOf(returns),
});
