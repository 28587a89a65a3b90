import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { QueueHandler, QueueModule } from '@stocktool/aws-sqs';
import { Stopwatch } from './drained';

/** The consumer of every service with a handler that does nothing: all safeguards are on. */
const count = Number(process.argv[2]);
/** As the notifier has. */
const concurrency = 32;
const drained = Promise.withResolvers<void>();

@Injectable()
class NoOpHandler extends QueueHandler<'analysis'> {
  private handled = 0;

  override handle(): Promise<void> {
    this.handled += 1;
    if (this.handled === count) drained.resolve();
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
const stopwatch = new Stopwatch();
await drained.promise;
await application.close();
stopwatch.print(count);
process.exit(0);
