import { disclaimer, type ReportInput } from './report-input';

/** The analysis as a JSON file to keep: indented, with the disclaimer that the HTML has. */
export const renderJson = ({ id, createdAt, finishedAt, request, result }: ReportInput): string =>
  `${JSON.stringify({ id, createdAt, finishedAt, disclaimer, request, result }, null, 2)}\n`;
