import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module';
import { AdminController } from './admin.controller';
import { ListCircuitBreakers } from './list-circuit-breakers';
import { ListQueues } from './list-queues';
import { SummariseMetrics } from './metrics-summary';

@Module({
  imports: [ChatModule],
  controllers: [AdminController],
  providers: [SummariseMetrics, ListQueues, ListCircuitBreakers],
})
export class AdminModule {}
