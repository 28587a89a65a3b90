import { SNSClient } from '@aws-sdk/client-sns';
import { type DynamicModule, Module } from '@nestjs/common';
import { clientSettings } from '@stocktool/aws-client';
import { EventPublisher } from './event-publisher';
import { TopicDirectory } from './topic-directory';

@Module({})
export class TopicModule {
  /** Provides `EventPublisher` and `TopicDirectory` everywhere. `topicName` replaces the topology's choice of a topic. */
  static register(options: { topicName?: string } = {}): DynamicModule {
    const { topicName } = options;
    return {
      module: TopicModule,
      global: true,
      providers: [
        { provide: SNSClient, useFactory: () => new SNSClient(clientSettings()) },
        {
          provide: TopicDirectory,
          inject: [SNSClient],
          useFactory: (client: SNSClient) => new TopicDirectory(client),
        },
        {
          provide: EventPublisher,
          inject: [SNSClient, TopicDirectory],
          useFactory: (client: SNSClient, topics: TopicDirectory) =>
            new EventPublisher(client, topics, topicName === undefined ? undefined : () => topicName),
        },
      ],
      exports: [EventPublisher, TopicDirectory],
    };
  }
}
