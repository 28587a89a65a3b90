import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { startThread, ThreadLine } from '@stocktool/bootstrap';
import type { ReportInput } from '@stocktool/reports';
import type { ReportFormat } from './report-format';

export interface RenderJob {
  readonly format: ReportFormat;
  readonly input: ReportInput;
}

const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 96 };

/** Makes reports in a thread: a PDF takes long enough to hold up every other request. */
@Injectable()
export class RenderReport implements OnApplicationShutdown {
  private readonly line = new ThreadLine<RenderJob, Uint8Array>({
    what: 'a report',
    mostWaiting: 32,
    mostOfOneUser: 8,
    timeoutMs: 20_000,
    idleMs: 30_000,
    start: () => startThread('report', import.meta.url, resourceLimits),
  });

  /** The bytes of the file. What it is made from is loaded when its turn has come; 503 when the line is too long. */
  run(userId: string, load: () => Promise<RenderJob>): Promise<Uint8Array> {
    return this.line.run(userId, load);
  }

  onApplicationShutdown(): Promise<void> {
    return this.line.close();
  }
}
