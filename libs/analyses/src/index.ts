export { AnalysesModule } from './analyses.module';
export type { AnalysisState, Attempt, AttemptBeyond, Headline, PendingEvent, ResultPointer } from './analysis-rows';
export { AnalysisData } from './analysis-data';
export { AnalysisTable, type NotStarted, type Start } from './analysis.table';
export { ResultStore } from './result-store';
