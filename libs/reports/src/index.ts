export { renderCsv } from './render-csv';
export { renderHtml } from './render-html';
export { renderJson } from './render-json';
export { renderPdf } from './render-pdf';
export type { ReportInput } from './report-input';
