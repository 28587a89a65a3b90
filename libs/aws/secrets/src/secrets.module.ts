import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DynamicModule, Module } from '@nestjs/common';
import { clientSettings, Pulse } from '@stocktool/aws-client';
import { Clock } from '@stocktool/contracts';
import { Secrets } from './secrets';

@Module({})
export class SecretsModule {
  /** Provides `Secrets` everywhere; `promptly` as in `Pulse`. */
  static register({ promptly = false }: { promptly?: boolean } = {}): DynamicModule {
    return {
      module: SecretsModule,
      global: true,
      providers: [
        {
          provide: Secrets,
          inject: [{ token: Clock, optional: true }],
          useFactory: (clock?: Clock) =>
            new Secrets(
              new SecretsManagerClient(clientSettings({ maxSockets: 4 })),
              clock,
              promptly ? new Pulse('The secret store').call : undefined,
            ),
        },
      ],
      exports: [Secrets],
    };
  }
}
