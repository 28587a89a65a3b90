/** How optimal portfolios were computed, in plain words; for the conventions of a result. */
export const optimizationConventions = {
  covariance:
    'of simple returns about their means, times P. sample: ddof 1; exponential: span 180 periods; ledoitWolf: shrunk to the constant correlation (2004); ledoitWolfIdentity, oas: shrunk to the scaled identity (S over T); the share of the target is estimates.shrinkage',
  expectedReturns:
    'per year. historical: mean * P; exponential: span 500 periods; capm: rf + beta * (mean of the benchmark * P - rf); jamesStein: means shrunk to their average, share within [0, 1]; blackLitterman: prior delta S w + rf at the weights held now, views with the error of He and Litterman or, with a confidence, of Idzorek; its covariance is that of returns, S + M',
  optimization:
    'exact: critical line for minVariance, maxSharpe, targets, maxDiversification and the frontier; a linear program for minCvar (mean loss of one period in the worst 1 - cvarConfidence, fractional tail). sharpe: (return - rf) / volatility, rf the rate per period times P. return is after transactionCost, charged once on the sum of changes from the weights held now',
  optimizationRules:
    'riskParity: equal shares of the variance (or riskBudget), long only; hrp: single linkage on sqrt((1 - correlation) / 2); where a limit forbids the weights of a rule (these, equalWeight, inverseVolatility), the nearest within it by least squares, and movedByLimits',
  optimizationBands:
    '5 % and 95 % of the weights when blocks of consecutive returns (cube root of their number) are drawn again with replacement, from the seed; 200 draws up to 30 assets (minCvar 40), 100 up to 60 (minCvar none), none beyond; none for targets, equalWeight and the frontier; the share of a shrinkage target stays',
  wholeShares:
    'from the last raw close (adjusted where there is none): rounded down, then changed by one share of one or two positions at a time while that lowers what the positions miss plus the cash left over',
} as const;
