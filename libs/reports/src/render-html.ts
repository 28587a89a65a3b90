import { conventionSection, sourceSection, unavailableSection, warningSection } from './appendix-sections';
import { day, instant, shareText } from './format';
import { correlationSection, holdingSection } from './holding-sections';
import { markup, Markup } from './markup';
import { figureTables, keyFigures, wealthSections } from './performance-sections';
import { disclaimer, type ReportInput } from './report-input';
import { reportStyle } from './report-style';

const mostInLead = 8;
/** A second lock beside the escaping: nothing runs and nothing is loaded, wherever the file is opened. */
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function lead({ result }: ReportInput): string {
  const ordered = [...result.assets].sort((a, b) => b.weight - a.weight);
  const named = ordered.slice(0, mostInLead).map(({ symbol, weight }) => `${symbol} ${shareText(weight)}`);
  const more = ordered.length - named.length;
  return named.join(' \u00b7 ') + (more > 0 ? ` \u00b7 and ${more} more` : '');
}

/**
 * The report as one HTML file that needs nothing else: styles and charts are inline, no script, nothing is loaded. Every text
 * from outside (symbols, sources, messages) is escaped.
 */
export function renderHtml(input: ReportInput): string {
  const { id, createdAt, finishedAt, request, result } = input;
  const { window } = result;
  const sources = [...new Set(result.sources.map(({ source }) => source))].join(', ');
  const asOf =
    result.sources
      .map((row) => row.asOf)
      .sort()
      .at(-1) ?? window.to;
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>Portfolio analysis, ${day(window.from)} to ${day(window.to)}</title><style>${new Markup(reportStyle)}</style></head>
<body><main><header><h1>Portfolio analysis</h1>
<p class="lead">${lead(input)}</p>
<p class="note">${day(window.from)} to ${day(window.to)}, ${window.observations.toLocaleString('en-US')} returns. Benchmark ${request.benchmark}, risk-free rate ${shareText(request.riskFreeRate)} a year. Prices: ${sources}, as of ${day(asOf)}.</p>
<p class="note"><strong>${disclaimer}</strong></p></header>
${keyFigures(result)}${wealthSections(result, request.benchmark)}${figureTables(result, request.benchmark)}${holdingSection(result)}${correlationSection(result)}${unavailableSection(result)}${warningSection(result)}${sourceSection(result)}${conventionSection(result)}
<footer><p><strong>${disclaimer}</strong></p><p>Analysis ${id}, requested ${instant(createdAt)}, finished ${instant(finishedAt)}. StockTool.</p></footer></main></body></html>
`;
  return page.text;
}
