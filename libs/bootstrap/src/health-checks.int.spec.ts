import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { createBucket, createQueuePair, createTable, localSns } from '@stocktool/testing';
import { bucket, dynamoTable, type HealthCheck, queue, topic } from './health-checks';

const run = (check: HealthCheck) => check.check(AbortSignal.timeout(2000));

describe.each([
  ['table', () => createTable('analyses'), dynamoTable],
  ['queue', () => createQueuePair('metrics'), queue],
  ['bucket', () => createBucket(), (name: string) => bucket(name.slice(0, -4), name.slice(-4))],
] as const)('the check of a %s', (_kind, create, checkOf) => {
  it('passes while it is there and fails when it is gone', async () => {
    const resource = await create();
    const check = checkOf(resource.name);
    await run(check);
    await resource.drop();
    await expect(run(check)).rejects.toThrow();
  });
});

it('the check of a topic passes only when it is there', async () => {
  const sns = localSns();
  const Name = 'stocktool-health-check';
  await sns.send(new CreateTopicCommand({ Name }));
  sns.destroy();
  await run(topic(Name));
  await expect(run(topic('stocktool-nowhere'))).rejects.toThrow('does not exist');
});

it('a table that the topology does not know is a fault of the program', () => {
  expect(() => dynamoTable('elsewhere')).toThrow('elsewhere');
});
