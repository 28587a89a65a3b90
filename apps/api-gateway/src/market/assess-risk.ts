import { Injectable } from '@nestjs/common';
import { assess } from '@stocktool/analytics';
import { AnalysisResult, Performance, Risk, type RiskQuery } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import { z } from 'zod';

export const RiskAssessment = z
  .object({
    ...AnalysisResult.pick({ window: true, conventions: true, sources: true, warnings: true }).shape,
    performance: Performance,
    risk: Risk,
  })
  .meta({ id: 'RiskAssessment' });
export type RiskAssessment = z.infer<typeof RiskAssessment>;

@Injectable()
export class AssessRisk {
  constructor(private readonly market: MarketData) {}

  /** One symbol beside its benchmark: a few milliseconds of work, done here. */
  async run(userId: string, symbol: string, { benchmark, asOf, ...terms }: RiskQuery): Promise<RiskAssessment> {
    const [asset, market] = await Promise.all(
      [symbol, benchmark].map((each) => this.market.series(each, { userId, asOf, from: terms.from, to: terms.to })),
    );
    return assess(asset!, market!, terms);
  }
}
