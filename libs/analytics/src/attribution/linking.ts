/**
 * Cariño's logarithmic linking (D. Cariño, "Combining attribution effects over time", Journal of Performance Measurement 3(4),
 * 1999): effects of single periods, which add up to the difference of two returns there, are scaled so that over all periods they
 * add up to the difference of the compounded returns. Against a benchmark return of 0 it links contributions to a total return.
 * The weight of a period is coefficient(period) / coefficient(whole), and
 * coefficient = (ln(1+R) - ln(1+B)) / (R - B), or 1 / (1+R) where they are equal.
 */
export function linkingCoefficient(portfolio: number, benchmark: number): number {
  const relative = (portfolio - benchmark) / (1 + benchmark);
  return (relative === 0 ? 1 : Math.log1p(relative) / relative) / (1 + benchmark);
}
