import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type DynamicModule, Module } from '@nestjs/common';
import { clientSettings, Pulse } from '@stocktool/aws-client';
import { CloudWatch } from './cloud-watch';

@Module({})
export class CloudWatchModule {
  /** Provides `CloudWatch` everywhere; `promptly` as in `Pulse`. Large calls are compressed. */
  static register(options: { namespace?: string; promptly?: boolean } = {}): DynamicModule {
    return {
      module: CloudWatchModule,
      global: true,
      providers: [
        {
          provide: CloudWatch,
          useFactory: () =>
            new CloudWatch(
              new CloudWatchClient({ ...clientSettings({ maxSockets: 8 }), disableRequestCompression: false }),
              options.namespace,
              options.promptly ? new Pulse('The metric store').call : undefined,
            ),
        },
      ],
      exports: [CloudWatch],
    };
  }
}
