import type { AnalysisRequest, AnalysisResult } from '@stocktool/contracts';

/** A finished analysis: what was asked, what came out, and when. Times are ISO 8601 in UTC. */
export interface ReportInput {
  id: string;
  createdAt: string;
  finishedAt: string;
  request: AnalysisRequest;
  result: AnalysisResult;
}

export const disclaimer = 'This report describes past prices. It is not investment advice.';
