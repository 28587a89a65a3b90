import { Module } from '@nestjs/common';
import { PortfoliosModule as PortfolioTables } from '@stocktool/portfolios';
import { KeepPortfolio } from './keep-portfolio';
import { ListTransactions } from './list-transactions';
import { PortfoliosController } from './portfolios.controller';

@Module({
  imports: [PortfolioTables],
  controllers: [PortfoliosController],
  providers: [KeepPortfolio, ListTransactions],
})
export class PortfoliosModule {}
