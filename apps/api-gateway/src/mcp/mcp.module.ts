import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module';
import { McpController } from './mcp.controller';
import { ServeMcp } from './serve-mcp';

@Module({ imports: [ChatModule], controllers: [McpController], providers: [ServeMcp] })
export class McpModule {}
