import { day, instant, shareText } from '../format';
import { disclaimer, type ReportInput } from '../report-input';
import { data, definitions, missingParts, warnings } from '../sections/appendix';
import { accounts } from '../sections/history/accounts';
import { figures } from '../sections/history/figures';
import { drawdowns, growth } from '../sections/history/growth';
import { monthly } from '../sections/history/monthly';
import { overview } from '../sections/history/overview';
import { rolling } from '../sections/history/rolling';
import { monteCarlo } from '../sections/outlook/monte-carlo';
import { optimization } from '../sections/outlook/optimization';
import { attribution } from '../sections/risk/attribution';
import { correlation, holdings } from '../sections/risk/holdings';
import { stress } from '../sections/risk/stress';
import { tailRisk } from '../sections/risk/tail-risk';
import { factsOf, type Facts } from './facts';
import type { ReportDocument, Section } from './report-document';

/** In the order of the report; a section without content is left out. */
const sections: readonly ((facts: Facts) => Section | undefined)[] = [
  overview,
  growth,
  drawdowns,
  accounts,
  monthly,
  rolling,
  figures,
  tailRisk,
  holdings,
  correlation,
  attribution,
  stress,
  monteCarlo,
  optimization,
  missingParts,
  warnings,
  data,
  definitions,
];

const mostInLead = 8;

function lead({ result }: ReportInput): string {
  const ordered = [...result.assets].sort((a, b) => b.weight - a.weight);
  const named = ordered.slice(0, mostInLead).map(({ symbol, weight }) => `${symbol} ${shareText(weight)}`);
  const more = ordered.length - named.length;
  return named.join(' \u00b7 ') + (more > 0 ? ` \u00b7 and ${more} more` : '');
}

/** The whole report before it takes a form. */
export function compose(input: ReportInput): ReportDocument {
  const { id, createdAt, finishedAt, request, result } = input;
  const { window } = result;
  const facts = factsOf(input);
  const sources = [...new Set(result.sources.map(({ source }) => source))].join(', ');
  const asOf =
    result.sources
      .map((row) => row.asOf)
      .sort()
      .at(-1) ?? window.to;
  return {
    title: 'Portfolio analysis',
    lead: lead(input),
    facts: `${day(window.from)} to ${day(window.to)}, ${window.observations.toLocaleString('en-US')} returns. Benchmark ${request.benchmark}, risk-free rate ${shareText(request.riskFreeRate)} a year. Prices: ${sources}, as of ${day(asOf)}.`,
    disclaimer,
    sections: sections.flatMap((section) => section(facts) ?? []),
    closing: `Analysis ${id}, requested ${instant(createdAt)}, finished ${instant(finishedAt)}. StockTool.`,
  };
}
