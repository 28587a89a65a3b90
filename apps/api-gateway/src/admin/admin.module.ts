import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module';
import { AdminController } from './admin.controller';
import { ListQueues } from './list-queues';
import { SummariseMetrics } from './metrics-summary';

@Module({ imports: [ChatModule], controllers: [AdminController], providers: [SummariseMetrics, ListQueues] })
export class AdminModule {}
