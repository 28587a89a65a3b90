import { mean, type Sample } from '../../statistics/moments';

/** Heavier tails than 3 have no variance to speak of, and from 30 on the distribution is normal to the eye. */
const [fewest, most] = [3, 30];

/** ln Gamma(halves / 2), exact but for rounding: from Gamma(1) or Gamma(1/2) upwards. */
function logGammaOfHalves(halves: number): number {
  let total = halves % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let argument = halves % 2 === 0 ? 2 : 1; argument < halves; argument += 2) total += Math.log(argument / 2);
  return total;
}

/** Squared Mahalanobis distance of each observation from the mean, and in how many directions the series vary. */
function distances(series: readonly Sample[], lower: readonly (readonly number[])[]) {
  const means = series.map(mean);
  const squared = Float64Array.from(series[0]!, (_, t) => {
    const solved: number[] = [];
    let total = 0;
    lower.forEach((row, i) => {
      let rest = series[i]![t]! - means[i]!;
      for (let k = 0; k < i; k++) rest -= row[k]! * solved[k]!;
      solved.push(row[i]! > 0 ? rest / row[i]! : 0);
      total += solved[i]! ** 2;
    });
    return total;
  });
  return { squared, directions: lower.filter((row, i) => row[i]! > 0).length };
}

/**
 * Degrees of freedom of a multivariate Student-t that has the sample's means and covariances (`lower` is their Cholesky factor):
 * the whole number from 3 to 30 with the highest likelihood. The density is that of Kotz and Nadarajah (2004), eq. 1.1, with its
 * scale matrix covariance * (n - 2) / n.
 */
export function degreesOfFreedom(series: readonly Sample[], lower: readonly (readonly number[])[]): number {
  const { squared, directions } = distances(series, lower);
  let best = most;
  let highest = -Infinity;
  for (let freedom = fewest; freedom <= most; freedom++) {
    let logs = 0;
    for (const distance of squared) logs += Math.log1p(distance / (freedom - 2));
    const each =
      logGammaOfHalves(freedom + directions) -
      logGammaOfHalves(freedom) -
      (directions / 2) * Math.log(Math.PI * (freedom - 2));
    const likelihood = each * squared.length - ((freedom + directions) / 2) * logs;
    if (likelihood > highest) [best, highest] = [freedom, likelihood];
  }
  return best;
}
