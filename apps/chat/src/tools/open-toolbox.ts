import type { AnalysisTable } from '@stocktool/analyses';
import type { QueueSender } from '@stocktool/aws-sqs';
import type { Clock } from '@stocktool/contracts';
import type { KnowledgeSearch } from '@stocktool/knowledge';
import type { MarketData } from '@stocktool/market-data';
import type { AlertTable, HeldPortfolios, PortfolioStore, WatchlistTable } from '@stocktool/portfolios';
import type { ComputeLine } from '../compute/compute-line';
import { HeldAnalyses } from '../portfolio/held-analyses';
import { NamedPortfolios } from '../portfolio/named-portfolios';
import type { WebSearchSource } from '../web-search/web-search-source';
import { AnalyzePortfolio, type AnalysisWait } from './analyze-portfolio';
import { CalculateCorrelation } from './calculate-correlation';
import { CheckGoldenCross } from './check-golden-cross';
import type { CompanyTools } from './company-tools';
import { ForecastPrice } from './forecast-price';
import { GetHistoricalPrices } from './get-historical-prices';
import { GetMarketIndices } from './get-market-indices';
import { GetMarketSummary } from './get-market-summary';
import { GetMyPortfolios } from './get-my-portfolios';
import { GetRiskAssessment } from './get-risk-assessment';
import { GetStockQuote } from './get-stock-quote';
import { GetTechnicalIndicators } from './get-technical-indicators';
import { OptimizePortfolio } from './optimize-portfolio';
import { SearchKnowledge } from './search-knowledge';
import { SetPriceAlert } from './set-price-alert';
import { Toolbox } from './toolbox';
import { WebSearch } from './web-search';
import { WhatIf } from './what-if';

/** What tools are made from. */
export interface ToolParts {
  readonly market: MarketData;
  readonly analyses: AnalysisTable;
  readonly queue: Pick<QueueSender, 'send'>;
  readonly analysisWait?: AnalysisWait;
  readonly computing: ComputeLine;
  readonly company: CompanyTools;
  readonly knowledge: KnowledgeSearch;
  readonly portfolios: Pick<PortfolioStore, 'all'>;
  readonly heldPortfolios: Pick<HeldPortfolios, 'forAnalysis' | 'get'>;
  readonly watchlists: Pick<WatchlistTable, 'all'>;
  readonly alerts: Pick<AlertTable, 'create'>;
  /** Absent where no engine is configured. */
  readonly web?: WebSearchSource | undefined;
  readonly clock: Clock;
}

export function openToolbox(parts: ToolParts): Toolbox {
  const { market, analyses, queue, analysisWait, computing, company, knowledge, clock } = parts;
  const named = new NamedPortfolios(parts.portfolios, parts.heldPortfolios);
  const held = new HeldAnalyses(market, named);
  return new Toolbox([
    new GetStockQuote(market),
    new GetHistoricalPrices(market),
    new GetRiskAssessment(market),
    new CalculateCorrelation(market),
    new AnalyzePortfolio(market, analyses, queue, clock, named, analysisWait),
    new WhatIf(held, computing),
    new OptimizePortfolio(held, computing),
    new GetMyPortfolios(market, parts.portfolios, parts.heldPortfolios, parts.watchlists),
    new SetPriceAlert(market, parts.alerts),
    new GetTechnicalIndicators(market),
    new CheckGoldenCross(market),
    new ForecastPrice(market, computing),
    new GetMarketIndices(market),
    new GetMarketSummary(market),
    ...company.offered(),
    ...(parts.web ? [new WebSearch(parts.web, clock)] : []),
    new SearchKnowledge(knowledge),
  ]);
}
