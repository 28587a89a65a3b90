import { z } from 'zod';
import { RequestedNumber } from './requested-number';
import { Ticker } from './ticker';

const mostSymbols = 200;
const mostSectorsNamed = 2 * mostSymbols;
const weightTolerance = 1e-6;

/** Whom the portfolio is compared with, holding by holding, and which day is to be explained. */
export const AttributionRequest = z
  .strictObject({
    /** The sector of each holding, of the portfolio and of the benchmark portfolio. */
    sectors: z
      .record(Ticker, z.string().trim().min(1).max(80))
      .refine((sectors) => Object.keys(sectors).length <= mostSectorsNamed, {
        error: `at most ${mostSectorsNamed} symbols`,
      })
      .optional(),
    benchmarkHoldings: z
      .array(z.strictObject({ symbol: Ticker, weight: RequestedNumber.min(0).max(1) }))
      .min(1)
      .max(mostSymbols)
      .optional(),
    /** A day of the period; without it, the worst. */
    explainDate: z.iso.date().optional(),
  })
  .superRefine(({ sectors, benchmarkHoldings }, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (!sectors !== !benchmarkHoldings)
      fault([sectors ? 'benchmarkHoldings' : 'sectors'], 'sectors and benchmarkHoldings are given together');
    if (!benchmarkHoldings) return;
    const symbols = benchmarkHoldings.map(({ symbol }) => symbol);
    symbols.forEach((symbol, index) => {
      const path = ['benchmarkHoldings', index, 'symbol'];
      if (symbols.indexOf(symbol) < index) fault(path, `${symbol} is given twice`);
      if (sectors && !(symbol in sectors)) fault(path, `${symbol} has no sector`);
    });
    const sum = benchmarkHoldings.reduce((total, { weight }) => total + weight, 0);
    if (Math.abs(sum - 1) > weightTolerance)
      fault(['benchmarkHoldings'], `weights must sum to 1, they sum to ${Number(sum.toPrecision(9))}`);
  });
export type AttributionRequest = z.infer<typeof AttributionRequest>;
