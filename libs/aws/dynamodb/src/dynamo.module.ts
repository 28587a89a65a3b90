import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamicModule, Module } from '@nestjs/common';
import { clientSettings } from '@stocktool/aws-client';
import { Clock } from '@stocktool/contracts';
import { Dynamo } from './dynamo';

const clientProvider = {
  provide: DynamoDBClient,
  useFactory: () => new DynamoDBClient(clientSettings({ requestTimeoutMs: 5000 })),
};

@Module({})
export class DynamoModule {
  /** Provides `Dynamo` everywhere, on one client; a `Clock` is taken from the application when it provides one. */
  static register(): DynamicModule {
    return {
      module: DynamoModule,
      global: true,
      providers: [
        clientProvider,
        {
          provide: Dynamo,
          inject: [DynamoDBClient, { token: Clock, optional: true }],
          useFactory: (client: DynamoDBClient, clock?: Clock) => new Dynamo(client, clock),
        },
      ],
      exports: [Dynamo, DynamoDBClient],
    };
  }
}
