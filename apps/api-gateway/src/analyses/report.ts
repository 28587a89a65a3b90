import { Injectable } from '@nestjs/common';
import { AnalysisTable } from '@stocktool/analyses';
import { ObjectStore } from '@stocktool/aws-s3';
import { Clock, Problem, type ReportQuery } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { builtFormats, renderReport, type BuiltFormat } from './render-report';

const bucket = topology.buckets.reports.name;
const linkSeconds = 15 * 60;

export const ReportLink = z.object({ url: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'ReportLink' });
export type ReportLink = z.infer<typeof ReportLink>;

@Injectable()
export class GetReport {
  constructor(
    private readonly table: AnalysisTable,
    private readonly objects: ObjectStore,
    private readonly clock: Clock,
  ) {}

  /**
   * A link to the report, rendered when it is first asked for and kept. Two who ask first at once render the same bytes
   * twice; one of them is kept.
   */
  async run(userId: string, analysisId: string, format: ReportQuery['format']): Promise<ReportLink> {
    const { status } = await this.table.state(userId, analysisId);
    if (format === 'pdf' || format === 'csv')
      throw new Problem('not-built', `Reports as ${format} are not available yet; html and json are.`);
    if (status !== 'succeeded')
      throw new Problem('analysis-not-finished', `There is no report: the analysis is ${status}.`);
    const key = `reports/${userId}/${analysisId}/report.${format}`;
    if (!(await this.objects.head(bucket, key))) await this.render(userId, analysisId, key, format);
    return this.link(key, format);
  }

  private async render(userId: string, analysisId: string, key: string, format: BuiltFormat): Promise<void> {
    const text = renderReport(await this.table.get(userId, analysisId), format);
    await this.objects.put(bucket, key, text, { contentType: builtFormats[format].contentType, ifAbsent: true });
  }

  private async link(key: string, format: BuiltFormat): Promise<ReportLink> {
    const expiresAt = new Date(this.clock.epochMs() + linkSeconds * 1000).toISOString();
    const { contentType } = builtFormats[format];
    return {
      url: await this.objects.presignGet(bucket, key, { expiresInSeconds: linkSeconds, contentType }),
      expiresAt,
    };
  }
}
