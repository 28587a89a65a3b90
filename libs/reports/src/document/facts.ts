import { isAvailable, type AnalysisResult, type Performance, type Risk } from '@stocktool/contracts';
import type { ReportInput } from '../report-input';
import { Definitions } from './definitions';

const periodNames: Record<number, string> = { 252: 'day', 52: 'week', 12: 'month', 4: 'quarter', 1: 'year' };

/** What the sections are made from. */
export interface Facts {
  input: ReportInput;
  result: AnalysisResult;
  performance: Performance | undefined;
  risk: Risk | undefined;
  benchmark: string;
  /** day, week, month, … */
  period: string;
  define: Definitions;
  /** Why the figure at this path is null; the path in dots as in the warnings. */
  why: (path: string) => string | undefined;
}

export function factsOf(input: ReportInput): Facts {
  const { result, request } = input;
  const { performance, risk } = result.portfolio;
  const messages = new Map(result.warnings.map(({ path, message }) => [path, message]));
  return {
    input,
    result,
    performance: isAvailable<Performance>(performance) ? performance : undefined,
    risk: isAvailable<Risk>(risk) ? risk : undefined,
    benchmark: request.benchmark,
    period: periodNames[result.window.periodsPerYear] ?? 'period',
    define: new Definitions(result.conventions),
    why: (path) => messages.get(path),
  };
}
