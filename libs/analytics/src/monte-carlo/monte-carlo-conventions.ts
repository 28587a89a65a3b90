/** How the simulated figures are computed. */
export const monteCarloConventions = {
  monteCarlo:
    'wealth of 1 after the horizon; means, covariances and history are those of the period of the analysis, one step is one of its periods. By weight: brought back to the weights at every step; by quantity: shares held, no trades',
  monteCarloFigures:
    'terminal: mean and quantiles (Hyndman-Fan 7) of the wealth after the horizon; fan: the same quantiles along the way; probabilityOfLoss: share of the paths that end below 1; probabilityOfTarget: share that end at the target or above; standardErrors: of each figure, from 32 batches of whole pairs of paths, so that they count the pairing',
  monteCarloModels:
    'gbm: normal log returns; studentT: multivariate Student-t simple returns, 3 to 30 degrees of freedom of highest likelihood; both in antithetic pairs: half of the paths have the shocks of the other half with the other sign; bootstrap: blocks of 21 periods, all assets together, circular; filteredHistorical: GARCH(1,1) residuals of a period drawn together, from the volatility at the end. sampling quasi: the sum over the horizon of what moves the portfolio most (its own returns) is taken from a scrambled van der Corput sequence, one scrambling for each of the 32 batches, for the first path of each pair. All but gbm simulate a portfolio by weight through its own returns',
  monteCarloLosses:
    'var: minus the quantile (Hyndman-Fan 7) of the return over the horizon; cvar: minus the mean of the floor((n-1)(1-c)) + 1 worst of n paths; maxDrawdown: deepest fall of each path, mean and quantiles; risk.var.monteCarlo and risk.cvar.monteCarlo: the same after one period',
} as const;
