import { z } from 'zod';
import { AnalysisRequest } from './analysis-request';
import { AnalysisResult } from './analysis-result';
import { ProblemDetails } from './problem';

export const AnalysisStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type AnalysisStatus = z.infer<typeof AnalysisStatus>;

/** queued → running → one of these, which never change again. */
export const isFinished = (status: AnalysisStatus): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled';

export const AnalysisAccepted = z
  .object({
    id: z.uuid(),
    status: z.literal('queued'),
    createdAt: z.iso.datetime(),
    links: z.object({ self: z.string(), events: z.string(), report: z.string() }),
  })
  .meta({
    id: 'AnalysisAccepted',
    example: {
      id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
      status: 'queued',
      createdAt: '2026-01-05T14:30:00.000Z',
      links: {
        self: '/v1/analyses/01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
        events: '/v1/analyses/01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f/events',
        report: '/v1/analyses/01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f/report',
      },
    },
  });
export type AnalysisAccepted = z.infer<typeof AnalysisAccepted>;

export const AnalysisSummary = z
  .object({
    id: z.uuid(),
    kind: z.literal('portfolio'),
    status: AnalysisStatus,
    progress: z.number().min(0).max(1),
    attempts: z.number().int().min(0).max(1_000_000),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().optional(),
    finishedAt: z.iso.datetime().optional(),
    error: ProblemDetails.optional(),
  })
  .meta({ id: 'AnalysisSummary' });
export type AnalysisSummary = z.infer<typeof AnalysisSummary>;

export const Analysis = AnalysisSummary.extend({
  request: AnalysisRequest,
  result: AnalysisResult.optional(),
}).meta({ id: 'Analysis' });
export type Analysis = z.infer<typeof Analysis>;

export const ReportQuery = z.strictObject({
  format: z.enum(['html', 'pdf', 'csv', 'json']).default('html'),
  redirect: z.enum(['true', 'false']).default('true'),
});
export type ReportQuery = z.infer<typeof ReportQuery>;
