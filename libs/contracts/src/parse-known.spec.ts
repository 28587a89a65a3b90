import { z } from 'zod';
import { AnalysisRequest } from './analysis-request';
import { parseKnown } from './parse-known';

const holdings = [{ symbol: 'AAPL', weight: 1 }];

describe('parseKnown', () => {
  it('reads what it knows, and names what only a later version does, at any depth', () => {
    const later = {
      holdings: [{ symbol: 'AAPL', weight: 1, venue: 'XNAS' }],
      monteCarlo: { paths: 10, antithetic: true },
      liquidity: {},
    };
    const { known, unknown } = parseKnown(AnalysisRequest, later);
    expect(known).toEqual(AnalysisRequest.parse({ holdings, monteCarlo: { paths: 10 } }));
    expect(unknown.sort()).toEqual(['holdings.0.venue', 'liquidity', 'monteCarlo.antithetic']);
    expect(later.liquidity).toEqual({});
  });

  it('refuses what no version can have written', () => {
    expect(() => parseKnown(AnalysisRequest, { holdings: [], more: 1 })).toThrow(z.ZodError);
    expect(() => parseKnown(AnalysisRequest, { holdings, riskFreeRate: 7 })).toThrow(z.ZodError);
  });
});
