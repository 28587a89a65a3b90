import { z } from 'zod';
import { AlertRequest } from './alert';
import { Holding } from './analysis-request';
import { asOf, benchmark, Day, Drawdown, Figure, period, riskFreeRate, Sources, TailRisk, units, Window } from './chat-tool-parts'; // prettier-ignore
import { ObjectName } from './kept-object';
import { RequestedNumber } from './requested-number';
import { Ticker } from './ticker';

const mostHoldings = 100;

/** Either what is held, or which portfolio of the caller it is in. */
const held = {
  holdings: z
    .array(Holding)
    .min(1)
    .max(mostHoldings)
    .optional()
    .describe('All by weight, summing to one, or all by quantity. Leave out for a portfolio that the user keeps.'),
  portfolio: ObjectName.optional().describe(
    'Name of a portfolio that the user keeps; may be left out where there is one.',
  ),
};

const Trade = z
  .strictObject({
    action: z.enum(['buy', 'sell']),
    symbol: Ticker,
    quantity: RequestedNumber.positive().max(1e12).optional().describe('Shares.'),
    amount: RequestedNumber.positive().max(1e15).optional().describe('Money, at the last close.'),
    weight: RequestedNumber.positive().max(1).optional().describe('Fraction of the whole portfolio before the trades.'),
    fraction: RequestedNumber.positive()
      .max(1)
      .optional()
      .describe('Of a sale: fraction of what is held of it; 1 is all.'),
  })
  .superRefine(({ action, quantity, amount, weight, fraction }, context) => {
    if ([quantity, amount, weight, fraction].filter((size) => size !== undefined).length !== 1)
      context.addIssue({ code: 'custom', message: 'give one of quantity, amount, weight and fraction' });
    if (fraction !== undefined && action === 'buy')
      context.addIssue({ code: 'custom', path: ['fraction'], message: 'only a sale is a fraction of what is held' });
  });

const figures = {
  value: Figure.describe('At the last close of the period; null where holdings are given by weight.'),
  totalReturn: Figure,
  annualReturn: Figure,
  annualVolatility: Figure,
  sharpe: Figure,
  sortino: Figure,
  beta: Figure,
  alpha: Figure,
  trackingError: Figure,
};
const PortfolioFigures = z.object({
  ...figures,
  maxDrawdown: Drawdown,
  tailRisk: TailRisk,
  assets: z.array(
    z.object({ symbol: Ticker, quantity: Figure, value: Figure, weight: z.number(), riskContribution: Figure }),
  ),
});
const Difference = z.object({
  ...figures,
  maxDrawdown: z.object({ value: Figure }),
  tailRisk: TailRisk.describe('Each figure after less before, at the same confidence.'),
});

/** Of the optimal portfolios of an analysis. */
export const PortfolioObjective = z.enum([
  'minVariance',
  'maxSharpe',
  'riskParity',
  'hrp',
  'maxDiversification',
  'minCvar',
  'equalWeight',
  'inverseVolatility',
  'targetReturn',
  'targetVolatility',
]);
export type PortfolioObjective = z.infer<typeof PortfolioObjective>;

const mostOptimised = 60;
const Weighted = z.object({
  expectedReturn: z.number(),
  volatility: z.number(),
  sharpe: Figure,
  assets: z.array(
    z.object({
      symbol: Ticker,
      weight: z.number(),
      low: Figure.describe('Of a bootstrap of the history: one weight in twenty is below.'),
      high: Figure,
    }),
  ),
});

/** An alert that is not set yet; its id is the one that it will have. */
export const PriceAlertProposal = z.object({
  id: z.uuid(),
  symbol: Ticker,
  above: z.number().optional(),
  below: z.number().optional(),
  changePercent: z.number().optional(),
});
export type PriceAlertProposal = z.infer<typeof PriceAlertProposal>;

/** The rows of `chatTools` about what the user holds. */
export const chatPortfolioTools = {
  what_if: {
    description:
      'What buying or selling would do to a portfolio: every risk figure before and after, over one period. A calculation: nothing is bought or sold.',
    parameters: z.strictObject({
      ...held,
      trades: z.array(Trade).min(1).max(50).describe('One after the other.'),
      ...period,
      benchmark,
      riskFreeRate,
      asOf,
    }),
    result: z.object({
      executed: z.literal(false),
      statement: z.string(),
      portfolio: z.string().optional(),
      currency: z.string(),
      window: Window,
      trades: z.array(
        z.object({ action: z.enum(['buy', 'sell']), symbol: Ticker, quantity: Figure, amount: Figure, weight: Figure }),
      ),
      paidIn: Figure.describe('Money for purchases less money from sales; negative where more is taken out.'),
      before: PortfolioFigures,
      after: PortfolioFigures,
      difference: Difference.describe('After less before.'),
      warnings: z.array(z.string()),
      sources: Sources,
      units,
    }),
  },
  optimize_portfolio: {
    description:
      'The weights that are best by one objective within bounds, what the estimates expect of them in a year, and how they differ from the weights now. Nothing is bought or sold.',
    parameters: z.strictObject({
      ...held,
      symbols: z
        .array(Ticker)
        .min(2)
        .max(mostOptimised)
        .optional()
        .describe('What to choose among, where nothing is held yet: instead of holdings and portfolio.'),
      objective: PortfolioObjective.default('maxSharpe'),
      target: RequestedNumber.min(-1)
        .max(10)
        .optional()
        .describe('Of targetReturn and targetVolatility: annual, as a fraction.'),
      maxWeight: RequestedNumber.positive().max(1).default(1).describe('Of each, unless it has bounds of its own.'),
      bounds: z
        .array(
          z.strictObject({
            symbol: Ticker,
            min: RequestedNumber.min(0).max(1).optional(),
            max: RequestedNumber.min(0).max(1).optional(),
          }),
        )
        .max(mostOptimised)
        .default([]),
      ...period,
      benchmark,
      riskFreeRate,
      asOf,
    }),
    result: z.object({
      executed: z.literal(false),
      statement: z.string(),
      objective: PortfolioObjective,
      portfolio: z.string().optional(),
      window: Window,
      optimal: Weighted.optional(),
      /** Why there is none: within these bounds, with these prices. */
      unavailable: z.object({ code: z.string(), reason: z.string() }).optional(),
      current: Weighted.optional().describe('The weights now, by the same estimates.'),
      difference: Weighted.omit({ assets: true }).optional().describe('Optimal less current.'),
      turnover: Figure.describe('Sum of the absolute changes of weights.'),
      warnings: z.array(z.string()),
      sources: Sources,
      units,
    }),
  },
  get_my_portfolios: {
    description:
      'The portfolios and watchlists that the user keeps here: what they hold, and what it is worth at the latest prices.',
    parameters: z.strictObject({ asOf }),
    result: z.object({
      portfolios: z.array(
        z.object({
          name: z.string(),
          currency: z.string(),
          holdingsFrom: z.enum(['given', 'transactions']),
          value: Figure.describe('Null where a price is missing or in another currency.'),
          asOf: Day.nullable().describe('Of the latest of its prices.'),
          holdings: z.array(
            z.object({
              symbol: Ticker,
              quantity: z.number(),
              cost: Figure,
              price: Figure,
              value: Figure,
              weight: Figure,
              asOf: Day.nullable(),
              source: z.string().nullable(),
            }),
          ),
          notes: z.array(z.string()),
        }),
      ),
      watchlists: z.array(
        z.object({
          name: z.string(),
          items: z.array(
            z.object({
              symbol: Ticker,
              price: Figure,
              currency: z.string().nullable(),
              changePercent: Figure,
              asOf: Day.nullable(),
              source: z.string().nullable(),
            }),
          ),
        }),
      ),
      notes: z.array(z.string()).describe('What is left out.'),
      units,
    }),
  },
  set_price_alert: {
    description:
      'Proposes an alert on the price of one symbol; nothing is set by that. The user is asked, and only where their next message says yes, a second call with `confirmation` alone (the id of the proposal) sets it.',
    parameters: z
      .strictObject({
        symbol: Ticker.optional(),
        above: AlertRequest.shape.above,
        below: AlertRequest.shape.below,
        changePercent: AlertRequest.shape.changePercent,
        confirmation: z.uuid().optional().describe('The id of the proposal that the user has just said yes to.'),
        asOf,
      })
      .superRefine(({ symbol, confirmation, above, below, changePercent }, context) => {
        const proposed = [symbol, above, below, changePercent].some((value) => value !== undefined);
        if (confirmation === undefined ? symbol === undefined : proposed)
          context.addIssue({ code: 'custom', message: 'give either symbol and conditions, or confirmation alone' });
      }),
    result: z.object({
      status: z.enum(['proposed', 'set']),
      statement: z.string(),
      alert: PriceAlertProposal,
      price: Figure,
      currency: z.string().nullable(),
      priceAsOf: Day.nullable(),
      source: z.string().nullable(),
      link: z.string().optional(),
      units,
    }),
  },
} as const;
