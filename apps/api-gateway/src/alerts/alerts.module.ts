import { Module } from '@nestjs/common';
import { PortfoliosModule as PortfolioTables } from '@stocktool/portfolios';
import { AlertsController } from './alerts.controller';
import { KeepAlert } from './keep-alert';

@Module({ imports: [PortfolioTables], controllers: [AlertsController], providers: [KeepAlert] })
export class AlertsModule {}
