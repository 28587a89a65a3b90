import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DynamicModule, Module } from '@nestjs/common';
import { clientSettings } from '@stocktool/aws-client';
import { Clock } from '@stocktool/contracts';
import { Secrets } from './secrets';

@Module({})
export class SecretsModule {
  /** Provides `Secrets` everywhere. */
  static register(): DynamicModule {
    return {
      module: SecretsModule,
      global: true,
      providers: [
        {
          provide: Secrets,
          inject: [{ token: Clock, optional: true }],
          useFactory: (clock?: Clock) =>
            new Secrets(new SecretsManagerClient(clientSettings({ maxSockets: 4 })), clock),
        },
      ],
      exports: [Secrets],
    };
  }
}
