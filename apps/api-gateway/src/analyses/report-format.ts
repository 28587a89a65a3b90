import type { ReportQuery } from '@stocktool/contracts';

export type ReportFormat = ReportQuery['format'];

/** How each format is kept and served: what a browser shows it shows, the rest is saved under its name. */
export const reportFormats: Readonly<Record<ReportFormat, { contentType: string; inline: boolean }>> = {
  html: { contentType: 'text/html; charset=utf-8', inline: true },
  pdf: { contentType: 'application/pdf', inline: true },
  csv: { contentType: 'text/csv; charset=utf-8', inline: false },
  json: { contentType: 'application/json', inline: false },
};
