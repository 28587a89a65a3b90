import { SQSClient } from '@aws-sdk/client-sqs';
import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { clientSettings, Pulse } from '@stocktool/aws-client';
import { CloudWatch } from '@stocktool/aws-cloudwatch';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock, type QueueName } from '@stocktool/contracts';
import { Metrics } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import { SqsModule, SqsService } from '@ssut/nestjs-sqs';
import { ClaimLedger } from './claim-ledger';
import { DeadLetters } from './dead-letters';
import { FailureLedger } from './failure-ledger';
import { type ConsumerSettings, lanesOf, QueueConsumers } from './queue-consumers';
import { QueueDirectory, type QueueNamesById } from './queue-directory';
import type { QueueHandler } from './queue-handler';
import { QueueInspector } from './queue-inspector';
import { pollerOf } from './queue-poller';
import { QueueSender } from './queue-sender';

export type ClaimedHandlers = { [Name in QueueName]?: Type<QueueHandler<Name>> };

export interface QueueModuleOptions extends ConsumerSettings {
  /** The queues that this application works off. Each handler is a provider of the application. */
  readonly consume?: ClaimedHandlers;
  /** How long a shutdown waits for handlers. */
  readonly drainSeconds?: number;
  /** How long a claim of `ClaimLedger` holds when its owner dies. */
  readonly claimLeaseSeconds?: number;
  /** For an application whose sends a person waits for; see `Pulse`. */
  readonly promptly?: boolean;
  /** Instead of the topology's: for tests that make their own. */
  readonly names?: Partial<QueueNamesById>;
  readonly idempotencyTable?: string;
}

const optionsToken = Symbol('QueueModuleOptions');
const defaultDrainSeconds = 4;
/** Above the 20 s of a long poll. */
const receiveTimeoutMs = 30_000;

/** Opens the consumers when the application is up, closes them before anything that a handler uses goes. */
@Injectable()
class ConsumerLifecycle implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly handlers = new Map<QueueName, QueueHandler<QueueName>>();

  constructor(
    private readonly modules: ModuleRef,
    private readonly library: SqsService,
    private readonly consumers: QueueConsumers,
    @Inject(optionsToken) private readonly options: QueueModuleOptions,
  ) {}

  onModuleInit(): void {
    for (const [queue, handler] of claims(this.options)) this.handlers.set(queue, this.resolve(queue, handler));
  }

  onApplicationBootstrap(): void {
    for (const { name, queue, consumer } of this.consumers.lanes) {
      const handler = this.handlers.get(queue);
      if (!handler || !this.library.consumers.has(name)) throw new Error(`Nothing polls the queue ${queue}`);
      consumer.open(handler);
    }
  }

  /** The library's own stop does not wait for anything. */
  async onModuleDestroy(): Promise<void> {
    for (const { instance } of this.library.consumers.values()) instance.stop({ abort: true });
    await this.consumers.drain((this.options.drainSeconds ?? defaultDrainSeconds) * 1000);
  }

  private resolve(queue: QueueName, handler: Type<QueueHandler<QueueName>>): QueueHandler<QueueName> {
    try {
      return this.modules.get(handler, { strict: false });
    } catch (cause) {
      throw new Error(`The queue ${queue} is claimed, but ${handler.name} is not a provider of this application`, {
        cause,
      });
    }
  }
}

const claims = ({ consume = {} }: QueueModuleOptions): [QueueName, Type<QueueHandler<QueueName>>][] =>
  Object.entries(consume) as [QueueName, Type<QueueHandler<QueueName>>][];

/** What both the library's module and ours need. */
@Module({})
class QueuePartsModule {
  static register(options: QueueModuleOptions): DynamicModule {
    const table = options.idempotencyTable ?? topology.tables.idempotency.name;
    const clock = { token: Clock, optional: true };
    const providers: Provider[] = [
      {
        provide: SQSClient,
        useFactory: () => new SQSClient({ ...clientSettings(), useQueueUrlAsEndpoint: false }),
      },
      {
        provide: QueueDirectory,
        inject: [SQSClient],
        useFactory: (client: SQSClient) =>
          new QueueDirectory(
            client,
            { ...topology.queues, ...options.names },
            options.promptly ? new Pulse('The queue').call : undefined,
          ),
      },
      {
        provide: FailureLedger,
        inject: [Dynamo, clock],
        useFactory: (dynamo: Dynamo, time?: Clock) => new FailureLedger(dynamo, table, time),
      },
      {
        provide: DeadLetters,
        inject: [Dynamo, clock],
        useFactory: (dynamo: Dynamo, time?: Clock) => new DeadLetters(dynamo, table, time),
      },
      {
        provide: ClaimLedger,
        inject: [Dynamo, clock, { token: Metrics, optional: true }],
        useFactory: (dynamo: Dynamo, time?: Clock, metrics?: Metrics) =>
          new ClaimLedger(dynamo, table, {
            ...(options.claimLeaseSeconds !== undefined && { leaseSeconds: options.claimLeaseSeconds }),
            ...(time && { clock: time }),
            ...(metrics && { metrics }),
          }),
      },
      {
        provide: QueueConsumers,
        inject: [SQSClient, QueueDirectory, FailureLedger, DeadLetters],
        useFactory: (
          client: SQSClient,
          directory: QueueDirectory,
          ledger: FailureLedger,
          deadLetters: DeadLetters,
        ): Promise<QueueConsumers> => {
          const names = claims(options).map(([queue]) => queue);
          return QueueConsumers.of(names, options, { client, directory, ledger, deadLetters });
        },
      },
    ];
    return { module: QueuePartsModule, providers, exports: providers.map(tokenOf) };
  }
}

const tokenOf = (provider: Provider) => (typeof provider === 'function' ? provider : provider.provide);

/** Needs `DynamoModule`; uses `CloudWatchModule`, a `Clock` and `Metrics` when the application provides them. */
@Module({})
export class QueueModule {
  /** Provides `QueueSender`, `ClaimLedger` and `QueueInspector` everywhere, and works off the queues in `consume`. */
  static register(options: QueueModuleOptions = {}): DynamicModule {
    const parts = QueuePartsModule.register(options);
    const library = SqsModule.registerAsync({
      imports: [parts],
      inject: [QueueConsumers],
      useFactory: (consumers: QueueConsumers) =>
        consumers.libraryOptions(
          new SQSClient({ ...clientSettings({ requestTimeoutMs: receiveTimeoutMs }), useQueueUrlAsEndpoint: false }),
        ),
    });
    return {
      module: QueueModule,
      global: true,
      imports: [parts, library],
      providers: [
        { provide: optionsToken, useValue: options },
        ConsumerLifecycle,
        ...claims(options).flatMap(([queue]) => lanesOf(queue, options).map(pollerOf)),
        {
          provide: QueueSender,
          inject: [SQSClient, QueueDirectory],
          useFactory: (client: SQSClient, directory: QueueDirectory) => new QueueSender(client, directory),
        },
        {
          provide: QueueInspector,
          inject: [
            SQSClient,
            QueueDirectory,
            DeadLetters,
            { token: CloudWatch, optional: true },
            { token: Clock, optional: true },
          ],
          useFactory: (
            ...[client, directory, deadLetters, cloudWatch, clock]: ConstructorParameters<typeof QueueInspector>
          ) => new QueueInspector(client, directory, deadLetters, cloudWatch, clock),
        },
      ],
      exports: [QueueSender, QueueInspector, parts],
    };
  }
}
