import { Problem, type Analysis } from '@stocktool/contracts';
import { renderHtml, renderJson, type ReportInput } from '@stocktool/reports';

export const builtFormats = {
  html: { render: renderHtml, contentType: 'text/html; charset=utf-8' },
  json: { render: renderJson, contentType: 'application/json' },
} as const satisfies Record<string, { render: (input: ReportInput) => string; contentType: string }>;

export type BuiltFormat = keyof typeof builtFormats;

/** The text of a report; `analysis-not-finished` for one that has no result. */
export function renderReport({ result, finishedAt, ...analysis }: Analysis, format: BuiltFormat): string {
  if (!result || finishedAt === undefined)
    throw new Problem('analysis-not-finished', `There is no report: the analysis is ${analysis.status}.`);
  return builtFormats[format].render({ ...analysis, finishedAt, result });
}
