import path from 'node:path';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { provision } from '@stocktool/provision';
import { topology } from '@stocktool/topology';
import { FunctionProcess, InitialisationFailed } from './function-process';
import { type FailureRecord, invokeAsynchronously } from './invoke-asynchronously';
import { packageFunctions } from './package-function';

const root = path.resolve(import.meta.dirname, '../../..');
const spec = topology.functions.stockUpdater;
const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const environment = { ...credentials, AWS_ENDPOINT_URL: endpoint, LOG_LEVEL: 'silent' };
const zip = path.join(root, packageFunctions().find(({ name }) => name === spec.name)?.file ?? '');
const sqs = new SQSClient({ region: topology.region, endpoint, useQueueUrlAsEndpoint: false });

let updater: FunctionProcess;
beforeAll(async () => {
  await provision({ region: topology.region, endpoint, consoleOrigins: ['http://localhost:3000'], apply: true });
  updater = await FunctionProcess.start(spec, zip, environment);
});
afterAll(() => {
  updater.stop();
  sqs.destroy();
});

const failureQueue = async () => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: spec.failureQueueName }));
  return QueueUrl ?? '';
};
const onFailure = async (record: FailureRecord) => {
  await sqs.send(new SendMessageCommand({ QueueUrl: await failureQueue(), MessageBody: JSON.stringify(record) }));
};

describe('the zip of the stock updater, run by the Runtime API', () => {
  it('refreshes quotes from the data it brings', async () => {
    const outcome = await updater.invoke({ symbols: ['AAPL', 'MSFT'], force: true });
    expect(outcome).toMatchObject({
      kind: 'answered',
      payload: { updated: expect.arrayContaining(['AAPL', 'MSFT']), failed: [] },
    });
  });

  it('asks for the weekly reports when the schedule says so', async () => {
    const outcome = await updater.invoke(topology.schedules.weekly.input);
    expect(outcome).toMatchObject({ kind: 'answered', payload: { queued: 0, failed: 0, week: expect.any(String) } });
  });

  it('keeps up when the schedule says so: looks for orphans, and has no news where no source is configured', async () => {
    const outcome = await updater.invoke(topology.schedules.upkeep.input);
    const payload = { cleaned: { removed: 0, failed: 0 }, news: { refreshed: 0, skipped: expect.any(String) } };
    expect(outcome).toMatchObject({ kind: 'answered', payload });
  });

  it('reports what a run throws, and takes the next event', async () => {
    const outcome = await updater.invoke({ symbols: ['no symbol at all'] });
    expect(outcome).toMatchObject({ kind: 'failed', error: { errorType: 'ZodError' } });
    expect(await updater.invoke({ symbols: ['KO'], force: true })).toMatchObject({ kind: 'answered' });
  });

  it('hands an event that fails each time to the failure queue, with what it was and why', async () => {
    const event = { symbols: ['no symbol at all'] };
    const { retries } = spec;
    expect(await invokeAsynchronously(updater, event, { retries, onFailure })).toMatchObject({ kind: 'failed' });
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: await failureQueue(), WaitTimeSeconds: 2 }),
    );
    expect(Messages.map(({ Body }) => JSON.parse(Body ?? '') as FailureRecord)).toMatchObject([
      {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 + retries },
        requestPayload: event,
        responsePayload: { errorType: 'ZodError' },
      },
    ]);
  });

  it('sends nothing to the failure queue when a later attempt works', async () => {
    let attempts = 0;
    const flaky = {
      invoke: () =>
        updater.invoke(attempts++ === 0 ? { symbols: ['no symbol at all'] } : { symbols: ['PG'], force: true }),
    };
    const records: FailureRecord[] = [];
    const keep = (record: FailureRecord) => Promise.resolve(void records.push(record));
    expect(await invokeAsynchronously(flaky, {}, { retries: 2, onFailure: keep })).toMatchObject({ kind: 'answered' });
    expect([attempts, records]).toEqual([2, []]);
  });

  it('says that it cannot initialise when a setting is wrong', async () => {
    const starting = FunctionProcess.start(spec, zip, { ...environment, MARKET_DATA: 'nonsense' });
    await expect(starting).rejects.toThrow(InitialisationFailed);
    await expect(starting).rejects.toThrow('MARKET_DATA');
  });
});
