/** How optimal portfolios were computed, in plain words; for the conventions of a result. */
export const optimizationConventions = {
  covariance:
    'of simple returns about their means, times P. sample: ddof 1; exponential: span 180 periods; ledoitWolf: shrunk to the constant correlation (2004); ledoitWolfIdentity, oas: shrunk to the scaled identity (S over T); the share of the target is estimates.shrinkage',
  expectedReturns:
    'per year. historical: mean * P; exponential: span 500 periods; capm: rf + beta * (mean of the benchmark * P - rf); jamesStein: means shrunk to their average, share within [0, 1]; blackLitterman: prior delta S w + rf at the weights held now, views with the error of He and Litterman or, with a confidence, of Idzorek; its covariance is that of returns, S + M',
  optimization:
    'weights sum to 1, exact: critical line for minVariance, maxSharpe, targetReturn (least variance at this return or more), targetVolatility (most return at this volatility or less), maxDiversification (mean volatility of the assets over that of the portfolio) and the frontier (even steps of return from minimum variance to the most return); a linear program for minCvar, whose cvar is the mean loss of one period in the worst 1 - cvarConfidence, fractional tail',
  optimizationFigures:
    'of these weights and of current, the weights held now, per year from the estimates: return is the expected one after transactionCost, charged once on the turnover; volatility sqrt(w S w); sharpe (return - rf) / volatility, rf the rate per period times P. turnover: sum of absolute changes from the weights held now. estimates: expectedReturns, and the shrinkage, the share of the target in the covariance',
  optimizationRules:
    'riskParity: equal shares of the variance (or riskBudget), long only; hrp: single linkage on sqrt((1 - correlation) / 2); where a limit forbids the weights of a rule (these, equalWeight, inverseVolatility), the nearest within it by least squares, and movedByLimits',
  optimizationBands:
    'bands: 5 % and 95 % of the weights when blocks of consecutive returns (cube root of their number) are drawn again with replacement, from the seed (bootstrap: draws, cvarDraws of minCvar, blockLength); 200 draws up to 30 assets (minCvar 40), 100 up to 60 (minCvar none), none beyond; none for targets, equalWeight and the frontier; the share of a shrinkage target stays',
  wholeShares:
    'shares: quantities that the cash buys and the leftover of it, from the last raw close (adjusted where there is none): rounded down, then changed by one share of one or two positions at a time while that lowers what the positions miss plus the cash left over',
} as const;
