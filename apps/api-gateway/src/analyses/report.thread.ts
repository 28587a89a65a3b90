import { parentPort } from 'node:worker_threads';
import type { ThreadReply } from '@stocktool/bootstrap';
import { renderCsv, renderHtml, renderJson, renderPdf, type ReportInput } from '@stocktool/reports';
import type { RenderJob } from './render-report';
import type { ReportFormat } from './report-format';

const renderers: Record<ReportFormat, (input: ReportInput) => string | Promise<Uint8Array>> = {
  html: renderHtml,
  pdf: renderPdf,
  csv: renderCsv,
  json: renderJson,
};

async function replyTo({ format, input }: RenderJob): Promise<ThreadReply<Uint8Array<ArrayBuffer>>> {
  try {
    const made = await renderers[format](input);
    return { made: typeof made === 'string' ? new TextEncoder().encode(made) : Uint8Array.from(made) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (job: RenderJob) => {
  void replyTo(job).then((reply) => parentPort?.postMessage(reply, 'made' in reply ? [reply.made.buffer] : []));
});
