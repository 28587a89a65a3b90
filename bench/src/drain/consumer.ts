import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { QueueHandler, QueueModule } from '@stocktool/aws-sqs';
import { emptyForMs, Stopwatch } from './drained';

/** The consumer of every service with a handler that does nothing: all safeguards are on, room as the notifier has. */
const concurrency = 32;
const stopwatch = new Stopwatch();

@Injectable()
class NoOpHandler extends QueueHandler<'analysis'> {
  override handle(): Promise<void> {
    stopwatch.lap(1);
    return Promise.resolve();
  }
}

@Module({
  imports: [
    DynamoModule.register(),
    QueueModule.register({ consume: { analysis: NoOpHandler }, concurrency, waitSeconds: 1 }),
  ],
  providers: [NoOpHandler],
})
class DrainModule {}

const application = await NestFactory.createApplicationContext(DrainModule, { logger: ['warn', 'error'] });
while (!stopwatch.over) await delay(emptyForMs / 5);
await application.close();
stopwatch.print();
process.exit(0);
