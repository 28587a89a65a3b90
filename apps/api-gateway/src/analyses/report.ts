import { Injectable } from '@nestjs/common';
import { AnalysisTable } from '@stocktool/analyses';
import { ObjectStore } from '@stocktool/aws-s3';
import { Clock, Problem } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { RenderReport, type RenderJob } from './render-report';
import { reportFormats, type ReportFormat } from './report-format';

const bucket = topology.buckets.reports.name;
const linkSeconds = 15 * 60;

export const ReportLink = z.object({ url: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'ReportLink' });
export type ReportLink = z.infer<typeof ReportLink>;

@Injectable()
export class GetReport {
  constructor(
    private readonly table: AnalysisTable,
    private readonly objects: ObjectStore,
    private readonly renderReport: RenderReport,
    private readonly clock: Clock,
  ) {}

  /**
   * A link to the report, rendered when it is first asked for and kept. Two who ask first at once render the same bytes
   * twice; one of them is kept.
   */
  async run(userId: string, analysisId: string, format: ReportFormat): Promise<ReportLink> {
    const { status, createdAt } = await this.table.state(userId, analysisId);
    if (status !== 'succeeded') throw notFinished(status);
    const key = `reports/${userId}/${analysisId}/report.${format}`;
    if (!(await this.objects.head(bucket, key))) await this.render(userId, analysisId, key, format);
    const name = `portfolio-analysis-${createdAt.slice(0, 10)}-${analysisId.slice(-12)}.${format}`;
    return this.link(key, name, format);
  }

  private async render(userId: string, analysisId: string, key: string, format: ReportFormat): Promise<void> {
    const bytes = await this.renderReport.run(userId, async () => ({
      format,
      input: await this.input(userId, analysisId),
    }));
    await this.objects.put(bucket, key, bytes, { contentType: reportFormats[format].contentType, ifAbsent: true });
  }

  private async input(userId: string, analysisId: string): Promise<RenderJob['input']> {
    const { id, status, createdAt, finishedAt, request, result } = await this.table.get(userId, analysisId);
    if (!result || finishedAt === undefined) throw notFinished(status);
    return { id, createdAt, finishedAt, request, result };
  }

  private async link(key: string, fileName: string, format: ReportFormat): Promise<ReportLink> {
    const expiresAt = new Date(this.clock.epochMs() + linkSeconds * 1000).toISOString();
    const { contentType, inline } = reportFormats[format];
    const options = { expiresInSeconds: linkSeconds, contentType, fileName, inline };
    return { url: await this.objects.presignGet(bucket, key, options), expiresAt };
  }
}

const notFinished = (status: string): Problem =>
  new Problem('analysis-not-finished', `There is no report: the analysis is ${status}.`);
