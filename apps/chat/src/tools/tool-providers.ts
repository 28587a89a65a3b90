import type { Provider } from '@nestjs/common';
import { AnalysisTable } from '@stocktool/analyses';
import { QueueSender } from '@stocktool/aws-sqs';
import { systemClock } from '@stocktool/contracts';
import { KnowledgeSearch } from '@stocktool/knowledge';
import { CompanyFacts, CompanyNews, MarketData, MarketDataSource } from '@stocktool/market-data';
import { Metrics } from '@stocktool/observability';
import { AlertTable, HeldPortfolios, PortfolioStore, WatchlistTable } from '@stocktool/portfolios';
import { ComputeLine } from '../compute/compute-line';
import type { Environment } from '../config';
import { ToolRunner } from '../reply/run-tool';
import { ToolCalls, toolTimeoutMs } from '../rpc/tool-calls';
import { openWebSearch } from '../web-search/open-web-search';
import type { WebSearchSource } from '../web-search/web-search-source';
import { CompanyTools } from './company-tools';
import { openToolbox } from './open-toolbox';
import { Toolbox } from './toolbox';

/** The tools, for replies and for whoever calls them without one. The web is searched where a key says by whom. */
export const toolProviders = (environment: Environment): Provider[] => [
  ComputeLine,
  {
    provide: CompanyTools,
    inject: [MarketDataSource, CompanyFacts, CompanyNews],
    useFactory: (...parts: ConstructorParameters<typeof CompanyTools>) => new CompanyTools(...parts),
  },
  {
    provide: Toolbox,
    inject: [
      MarketData,
      AnalysisTable,
      QueueSender,
      KnowledgeSearch,
      ComputeLine,
      CompanyTools,
      PortfolioStore,
      HeldPortfolios,
      WatchlistTable,
      AlertTable,
    ],
    useFactory: toolboxWith(openWebSearch(environment)),
  },
  {
    provide: ToolRunner,
    inject: [Toolbox, Metrics],
    useFactory: (tools: Toolbox, metrics: Metrics) => new ToolRunner(tools, metrics, systemClock),
  },
  {
    provide: ToolCalls,
    inject: [Toolbox, Metrics],
    useFactory: (tools: Toolbox, metrics: Metrics) =>
      new ToolCalls(tools, new ToolRunner(tools, metrics, systemClock, toolTimeoutMs)),
  },
];

function toolboxWith(web: WebSearchSource | undefined) {
  return (
    market: MarketData,
    analyses: AnalysisTable,
    queue: QueueSender,
    knowledge: KnowledgeSearch,
    computing: ComputeLine,
    company: CompanyTools,
    portfolios: PortfolioStore,
    heldPortfolios: HeldPortfolios,
    watchlists: WatchlistTable,
    alerts: AlertTable,
  ) =>
    openToolbox({
      market,
      analyses,
      queue,
      knowledge,
      computing,
      company,
      portfolios,
      heldPortfolios,
      watchlists,
      alerts,
      web,
      clock: systemClock,
    });
}
