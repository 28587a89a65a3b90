import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamicModule, Module } from '@nestjs/common';
import { clientSettings, Pulse } from '@stocktool/aws-client';
import { Clock } from '@stocktool/contracts';
import { Dynamo, PromptDynamo } from './dynamo';

const clientProvider = {
  provide: DynamoDBClient,
  useFactory: () => new DynamoDBClient(clientSettings({ requestTimeoutMs: 5000 })),
};

@Module({})
export class DynamoModule {
  /**
   * Provides `Dynamo` everywhere, on one client, and `PromptDynamo` for calls that a person waits for (see `Pulse`); with
   * `promptly` all are. A `Clock` is taken from the application when it provides one.
   */
  static register({ promptly = false }: { promptly?: boolean } = {}): DynamicModule {
    const pulse = new Pulse('The table store');
    const inject = [DynamoDBClient, { token: Clock, optional: true }];
    return {
      module: DynamoModule,
      global: true,
      providers: [
        clientProvider,
        {
          provide: Dynamo,
          inject,
          useFactory: (client: DynamoDBClient, clock?: Clock) =>
            new Dynamo(client, clock, promptly ? pulse.call : undefined),
        },
        {
          provide: PromptDynamo,
          inject,
          useFactory: (client: DynamoDBClient, clock?: Clock) => new PromptDynamo(client, clock, pulse.call),
        },
      ],
      exports: [Dynamo, PromptDynamo, DynamoDBClient],
    };
  }
}
