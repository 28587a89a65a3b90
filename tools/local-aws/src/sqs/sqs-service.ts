import type { Service } from '../http/exchange';
import { JsonService, textOf } from '../http/json-service';
import { messageOperations } from './message-operations';
import { MoveTasks } from './move-tasks';
import { queueOperations } from './queue-operations';
import type { Queues } from './queues';

const mostBytes = 4 * 1024 * 1024;
const lastPart = (value: string | undefined): string | undefined =>
  value?.slice(Math.max(value.lastIndexOf('/'), value.lastIndexOf(':')) + 1);

export function sqsService(queues: Queues): { service: Service; stop(): void } {
  const moves = new MoveTasks(queues);
  const service = new JsonService({
    name: 'sqs',
    version: '1.0',
    mostBytes,
    queryCompatible: true,
    operations: { ...queueOperations(queues, moves), ...messageOperations(queues) },
    shapesOf: (operation, body) => {
      const resource = lastPart(textOf(body.QueueUrl) ?? textOf(body.QueueName) ?? textOf(body.SourceArn));
      return [resource === undefined ? { operation } : { operation, resource }];
    },
  });
  return {
    service,
    stop: () => {
      moves.stop();
      queues.stop();
    },
  };
}
