export const attributionConventions = {
  contribution:
    'weight at the start of each period times the return, linked over the periods by Cariño (1999): times (ln(1+r_p)/r_p) / (ln(1+R)/R); the contributions of all holdings sum to the total return',
  factors:
    'r - rf = alpha + sum of beta_k (f_k - rf) + e by ordinary least squares (QR) on the benchmark and the factor funds MTUM, QUAL, SIZE, USMV, VLUE together, on the dates that all have (its own window), at least 60 returns; alpha per period * P; betas; tStats of both with Newey-West errors (Bartlett kernel, floor(4 (n/100)^(2/9)) lags, no small-sample correction); rSquared about the mean',
  brinson:
    'Brinson-Fachler (1985) each period by sectors: allocation (w_p - w_b)(r_b - B), selection w_b (r_p - r_b), interaction (w_p - w_b)(r_p - r_b); a sector that one side lacks is allocation alone; linked by Cariño (1999), so that all effects sum to activeReturn = portfolioReturn - benchmarkReturn. The benchmark portfolio is rebalanced to its weights on each date',
  explainedMove:
    'return of one day (the worst that the factors cover, unless one is asked for) = sum of beta_k * f_k (byFactor) + residual, betas of the regression; byHolding: weight at its start times return, sums to the return',
} as const;
