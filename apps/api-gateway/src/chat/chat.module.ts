import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { chatGrpcClientOptions } from '@stocktool/bootstrap';
import { GatewayConfig } from '../config';
import { ChatClient, chatClientToken } from './chat-client';
import { ChatController } from './chat.controller';
import { Conversations } from './conversations';
import { ConversationsController } from './conversations.controller';
import { FollowReply } from './follow-reply';
import { BeginReply, StreamReply, WholeReply } from './reply';
import { UserContexts } from './user-context';

@Module({
  imports: [
    ClientsModule.registerAsync([
      {
        name: chatClientToken,
        inject: [GatewayConfig],
        useFactory: ({ environment }: GatewayConfig) => ({
          transport: Transport.GRPC,
          options: chatGrpcClientOptions(environment.CHAT_GRPC_URL),
        }),
      },
    ]),
  ],
  controllers: [ChatController, ConversationsController],
  providers: [ChatClient, FollowReply, UserContexts, Conversations, BeginReply, WholeReply, StreamReply],
  exports: [ChatClient, Conversations],
})
export class ChatModule {}
