export { renderHtml } from './render-html';
export { renderJson } from './render-json';
export type { ReportInput } from './report-input';
