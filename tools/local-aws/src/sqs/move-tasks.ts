import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Queue } from './queue';
import type { Queues } from './queues';

interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly perSecond: number | undefined;
  readonly startedAt: number;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';
  failureReason?: string;
  timer?: NodeJS.Timeout;
}

const tickMs = 100;
const defaultPerSecond = 500;
const mostTasksKept = 200;

/** Moves messages from a dead-letter queue back to where they came from, or to a queue of the caller's choice. */
export class MoveTasks {
  private readonly tasks: MoveTask[] = [];

  constructor(private readonly queues: Queues) {}

  start(sourceArn: string, destinationArn?: string, perSecond?: number): string {
    const source = this.source(sourceArn);
    if (!this.queues.list().some(({ redrive }) => redrive?.targetArn === sourceArn)) {
      throw new AwsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    if (destinationArn && !this.queues.byArn(destinationArn)) throw notFound('The destination queue does not exist.');
    if (this.tasks.some((task) => task.sourceArn === sourceArn && task.status === 'RUNNING')) {
      throw new AwsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue.',
      );
    }
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString('base64'),
      sourceArn,
      destinationArn,
      perSecond,
      startedAt: Date.now(),
      toMove: source.counts.visible,
      moved: 0,
      status: 'RUNNING',
    };
    this.tasks.unshift(task);
    this.tasks.length = Math.min(this.tasks.length, mostTasksKept);
    this.step(task, source);
    return task.handle;
  }

  list(sourceArn: string, most: number): Record<string, unknown>[] {
    this.source(sourceArn);
    const tasks = this.tasks.filter((task) => task.sourceArn === sourceArn).slice(0, most);
    return tasks.map((task) => ({
      ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
      Status: task.status,
      SourceArn: task.sourceArn,
      ...(task.destinationArn && { DestinationArn: task.destinationArn }),
      ...(task.perSecond && { MaxNumberOfMessagesPerSecond: task.perSecond }),
      ApproximateNumberOfMessagesMoved: task.moved,
      ApproximateNumberOfMessagesToMove: task.toMove,
      ...(task.failureReason && { FailureReason: task.failureReason }),
      StartedTimestamp: task.startedAt,
    }));
  }

  cancel(handle: string): number {
    const task = this.tasks.find((candidate) => candidate.handle === handle);
    if (!task) throw notFound('Task does not exist.');
    if (task.status !== 'RUNNING') throw new AwsError('InvalidParameterValue', 'Only active tasks can be cancelled.');
    clearTimeout(task.timer);
    task.status = 'CANCELLED';
    return task.moved;
  }

  stop(): void {
    for (const task of this.tasks) clearTimeout(task.timer);
  }

  private step(task: MoveTask, source: Queue): void {
    const most = Math.max(1, Math.round(((task.perSecond ?? defaultPerSecond) * tickMs) / 1000));
    for (let moved = 0; moved < most; moved++) {
      if (task.moved >= task.toMove) return void (task.status = 'COMPLETED');
      const message = source.extract();
      if (!message) return void (task.status = 'COMPLETED');
      const target = this.queues.byArn(task.destinationArn ?? message.deadLetterSourceArn ?? '');
      if (!target) {
        source.adopt(message, message.deadLetterSourceArn);
        task.failureReason = message.deadLetterSourceArn
          ? 'AWS.SimpleQueueService.NonExistentQueue'
          : 'CouldNotDetermineMessageSource'; // sent there by a program, not moved there by SQS
        return void (task.status = 'FAILED');
      }
      target.adopt(message);
      task.moved++;
      this.queues.wake(target);
    }
    task.timer = setTimeout(() => this.step(task, source), tickMs);
  }

  private source(arn: string): Queue {
    const queue = this.queues.byArn(arn);
    if (!queue) throw notFound('The resource that you specified for the SourceArn parameter does not exist.');
    return queue;
  }
}

const notFound = (message: string): AwsError =>
  new AwsError('ResourceNotFoundException', message, { status: 404, queryCode: 'ResourceNotFoundException' });
