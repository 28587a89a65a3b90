import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyFacts } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_market_cap_details'>;

/** In dollars from so much on, as FINRA's page on market capitalisation for investors draws the lines. */
const sizes = [
  ['mega', 200e9],
  ['large', 10e9],
  ['mid', 2e9],
  ['small', 250e6],
  ['micro', 0],
] as const;

export class GetMarketCapDetails extends Tool<'get_market_cap_details'> {
  readonly name = 'get_market_cap_details';

  constructor(private readonly facts: CompanyFacts) {
    super();
  }

  async run(args: ChatToolArguments<'get_market_cap_details'>, context: ToolContext): Promise<Result> {
    const profile = await this.facts.profile(args.symbol, latestKnown(args, context));
    const { symbol, currency, source, asOf, marketCap, sharesOutstanding } = profile;
    const valuePerShare = marketCap !== null && sharesOutstanding ? marketCap / sharesOutstanding : null;
    const sizeClass =
      marketCap === null || currency !== 'USD' ? null : (sizes.find(([, from]) => marketCap >= from)?.[0] ?? null);
    const units = `marketCap and valuePerShare in ${currency ?? 'its currency'}, the latter as the former over the shares; sizeClass by dollars`;
    return { symbol, currency, source, asOf, marketCap, sharesOutstanding, valuePerShare, sizeClass, units };
  }

  summary({ symbol, sizeClass }: Result): string {
    return `${symbol}: ${sizeClass === null ? 'market value' : `${sizeClass} capitalisation`}`;
  }
}
