import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Problem } from '@stocktool/contracts';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { asProblem, isUnavailable } from './unavailable';
import { clientSettings } from './client-settings';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const failed = (fields: object) => Object.assign(new Error('failed'), fields);

describe('isUnavailable', () => {
  it.each([
    { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } },
    { $metadata: { httpStatusCode: 503 } },
    { name: 'ThrottlingException', $metadata: {} },
    { $retryable: { throttling: true }, $metadata: { httpStatusCode: 400 } },
    { code: 'ECONNREFUSED', $metadata: {} },
    { name: 'TimeoutError', $metadata: {} },
  ])('holds for %j', (fields) => expect(isUnavailable(failed(fields))).toBe(true));

  it.each([
    { name: 'ValidationException', $metadata: { httpStatusCode: 400 } },
    { name: 'UnknownOperationException', $metadata: { httpStatusCode: 501 } },
    { name: 'TypeError' },
    { name: 'AbortError', $metadata: {} },
  ])('does not hold for %j', (fields) => expect(isUnavailable(failed(fields))).toBe(false));
});

describe('clientSettings', () => {
  it('ends a request that is never answered', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const client = new SQSClient({
      ...clientSettings({ requestTimeoutMs: 100 }),
      maxAttempts: 1,
      region: 'us-east-1',
      credentials,
      endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    });
    const error: unknown = await client
      .send(new ListQueuesCommand({}))
      .catch((cause: unknown) => asProblem(cause, 'SQS'));
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'dependency-unavailable', retryable: true });
    client.destroy();
    silent.close();
  });
});
