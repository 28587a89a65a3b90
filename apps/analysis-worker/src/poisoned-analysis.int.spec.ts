import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { QueueModule } from '@stocktool/aws-sqs';
import { eventually } from '@stocktool/testing';
import { AnalysisRequestedHandler } from './analysis-requested.handler';
import { broken, surroundings, type Surroundings } from './analysis-flow.fixture';

let here: Surroundings;
beforeAll(async () => {
  Logger.overrideLogger(false);
  here = await surroundings();
}, 60_000);
afterAll(() => here.close(), 60_000);

describe('poison', () => {
  it('ends as a failed analysis and in the dead-letter queue after three failures', async () => {
    const body = await here.queued();
    const { handler } = here.worker({ startThread: broken });
    const module = await Test.createTestingModule({
      imports: [
        DynamoModule.register(),
        QueueModule.register({
          consume: { analysis: AnalysisRequestedHandler },
          names: here.names,
          idempotencyTable: here.idempotencyTable,
          waitSeconds: 1,
          retry: { firstDelaySeconds: 0.1, longestDelaySeconds: 0.5 },
        }),
        {
          module: class {},
          global: true,
          providers: [{ provide: AnalysisRequestedHandler, useValue: handler }],
          exports: [AnalysisRequestedHandler],
        },
      ],
    }).compile();
    module.useLogger(false);
    await module.init();
    try {
      await here.sqs.send(new SendMessageCommand({ QueueUrl: here.queue.url, MessageBody: JSON.stringify(body) }));
      const dead = await eventually(async () => (await here.receive(here.queue.deadLetterUrl))[0], {
        timeoutMs: 20_000,
      });
      expect(JSON.parse(dead)).toEqual(body);
      expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({
        status: 'failed',
        attempts: 3,
        error: { type: '/problems/attempts-exhausted' },
      });
      expect(await here.eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.failed' }]);
    } finally {
      await module.close();
    }
  }, 40_000);
});
