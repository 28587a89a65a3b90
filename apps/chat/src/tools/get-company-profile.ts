import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyFacts } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_company_profile'>;

export class GetCompanyProfile extends Tool<'get_company_profile'> {
  readonly name = 'get_company_profile';

  constructor(private readonly facts: CompanyFacts) {
    super();
  }

  async run(args: ChatToolArguments<'get_company_profile'>, context: ToolContext): Promise<Result> {
    const { website: _, ...profile } = await this.facts.profile(args.symbol, latestKnown(args, context));
    return { ...profile, units: `marketCap in ${profile.currency ?? 'its currency'}` };
  }

  summary({ symbol, name }: Result): string {
    return `${symbol} is ${name}`;
  }
}
