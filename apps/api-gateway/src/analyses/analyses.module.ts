import { Module } from '@nestjs/common';
import { AnalysesModule as AnalysisTables } from '@stocktool/analyses';
import { PortfoliosModule as PortfolioTables } from '@stocktool/portfolios';
import { AnalysesController } from './analyses.controller';
import { AnalysisWatch } from './analysis-watch';
import { CheckRequest } from './check-request';
import { GetReport } from './report';
import { RenderReport } from './render-report';
import { ReportController } from './report.controller';
import { RequestAnalysis } from './request-analysis';
import { StreamAnalysis } from './stream-analysis';

@Module({
  imports: [AnalysisTables, PortfolioTables],
  controllers: [AnalysesController, ReportController],
  providers: [RequestAnalysis, CheckRequest, AnalysisWatch, StreamAnalysis, GetReport, RenderReport],
})
export class AnalysesModule {}
