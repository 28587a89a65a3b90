import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { AnalysesModule } from '@stocktool/analyses';
import { Dynamo, DynamoModule, PromptDynamo } from '@stocktool/aws-dynamodb';
import { ObjectStoreModule } from '@stocktool/aws-s3';
import { Secrets, SecretsModule } from '@stocktool/aws-secrets';
import { TopicModule } from '@stocktool/aws-sns';
import { QueueModule } from '@stocktool/aws-sqs';
import { bucket, dynamoTable, HealthModule, queue, topic } from '@stocktool/bootstrap';
import { Clock, systemClock } from '@stocktool/contracts';
import { DocumentsModule, KnowledgeSearch } from '@stocktool/knowledge';
import { OfflineModel, openModels, Tokenizer } from '@stocktool/llm';
import { MarketDataModule, MarketDataSource, PriceSeriesStore } from '@stocktool/market-data';
import { Metrics } from '@stocktool/observability';
import { PortfoliosModule, PortfolioStore, WatchlistTable } from '@stocktool/portfolios';
import { topology } from '@stocktool/topology';
import { dailyCap, type Environment } from './config';
import { BudgetTable } from './budget/budget.table';
import { ConversationTable, RepliesStored } from './conversation/conversation.table';
import { ConversationMemory } from './conversation/memory';
import { UserConversations } from './conversation/user-conversations';
import { DocumentUploadedHandler } from './documents/document-uploaded.handler';
import { documentProviders } from './documents/document-providers';
import { DataVersions } from './replay/data-versions';
import { ReplayMessage } from './replay/replay-message';
import { AnswerMessage } from './reply/answer-message';
import { Models } from './reply/models';
import { ReplyLoop } from './reply/reply-loop';
import { ToolRunner } from './reply/run-tool';
import { StartReply } from './reply/start-reply';
import { CallerVerifier } from './rpc/caller';
import { ChatController } from './rpc/chat.controller';
import { ChatReads } from './rpc/chat-reads';
import { EraseUser } from './rpc/erase-user';
import { ToolCalls } from './rpc/tool-calls';
import { hubDefaults, StreamHub } from './stream/stream-hub';
import { StreamTable } from './stream/stream.table';
import { UserStreams } from './stream/user-streams';
import { toolProviders } from './tools/tool-providers';
import { Toolbox } from './tools/toolbox';

/** Each waits for the one thread that reads them, its bytes in memory. */
const documentsAtOnce = 3;

@Module({})
export class AppModule {
  static register(environment: Environment): DynamicModule {
    const { DETACH_SECONDS, DRAIN_SECONDS, MAX_REPLIES, MAX_REPLIES_PER_USER } = environment;
    return {
      module: AppModule,
      imports: [
        DynamoModule.register(),
        ObjectStoreModule.register(environment),
        SecretsModule.register({ promptly: true }),
        TopicModule.register(),
        QueueModule.register({
          consume: { documents: DocumentUploadedHandler },
          concurrency: documentsAtOnce,
          drainSeconds: DRAIN_SECONDS,
        }),
        DocumentsModule,
        MarketDataModule.register(environment),
        AnalysesModule,
        PortfoliosModule,
        HealthModule.register({
          checks: [
            dynamoTable(topology.tables.conversations.name),
            dynamoTable(topology.tables.idempotency.name),
            dynamoTable(topology.tables.analyses.name),
            bucket(topology.buckets.reports.name, environment.S3_BUCKET_SUFFIX),
            queue(topology.queues.analysis.name),
            dynamoTable(topology.tables.documents.name),
            bucket(topology.buckets.knowledge.name, environment.S3_BUCKET_SUFFIX),
            queue(topology.queues.documents.name),
            topic(topology.topics.notifications.name),
          ],
        }),
      ],
      controllers: [ChatController],
      providers: [
        { provide: Clock, useValue: systemClock },
        ...documentProviders(environment),
        {
          provide: Models,
          inject: [MarketDataSource, Metrics],
          useFactory: (source: MarketDataSource, metrics: Metrics) =>
            new Models(openModels(environment, modelSurroundings(metrics)), new OfflineModel(source)),
        },
        ...toolProviders(environment),
        {
          provide: ReplyLoop,
          inject: [Toolbox, ToolRunner, Metrics, MarketDataSource],
          useFactory: (tools: Toolbox, runner: ToolRunner, metrics: Metrics, source: MarketDataSource) =>
            new ReplyLoop(tools, runner, metrics, systemClock, namesIn(source)),
        },
        {
          provide: DataVersions,
          inject: [MarketDataSource, PriceSeriesStore, KnowledgeSearch, PortfolioStore, WatchlistTable],
          useFactory: (...parts: ConstructorParameters<typeof DataVersions>) => new DataVersions(...parts),
        },
        {
          provide: ReplayMessage,
          inject: [ConversationTable, ToolRunner, Toolbox, DataVersions],
          useFactory: (...parts: ConstructorParameters<typeof ReplayMessage>) => new ReplayMessage(...parts),
        },
        {
          provide: ConversationTable,
          inject: [PromptDynamo],
          useFactory: (dynamo: PromptDynamo) => new ConversationTable(dynamo, systemClock),
        },
        {
          provide: RepliesStored,
          inject: [Dynamo],
          useFactory: (dynamo: Dynamo) => new RepliesStored(dynamo, systemClock),
        },
        {
          provide: StreamHub,
          inject: [Dynamo, PromptDynamo],
          useFactory: (dynamo: Dynamo, prompt: PromptDynamo) =>
            new StreamHub(new StreamTable(dynamo, systemClock, topology.tables.idempotency.name, prompt), systemClock, {
              ...hubDefaults,
              detachMs: DETACH_SECONDS * 1000,
              drainMs: DRAIN_SECONDS * 1000,
              maxReplies: MAX_REPLIES,
              maxRepliesPerUser: MAX_REPLIES_PER_USER,
            }),
        },
        {
          provide: ConversationMemory,
          useFactory: () => new ConversationMemory(tokenizerFor(environment)),
        },
        {
          provide: BudgetTable,
          inject: [PromptDynamo],
          useFactory: (dynamo: PromptDynamo) => new BudgetTable(dynamo, systemClock, dailyCap(environment)),
        },
        {
          provide: StartReply,
          inject: [
            StreamHub,
            ConversationTable,
            Models,
            ReplyLoop,
            MarketDataSource,
            RepliesStored,
            BudgetTable,
            ConversationMemory,
            DataVersions,
          ],
          useFactory: startReply,
        },
        {
          provide: CallerVerifier,
          inject: [Secrets],
          useFactory: (secrets: Secrets) => new CallerVerifier(secrets, systemClock),
        },
        {
          provide: EraseUser,
          inject: [StreamHub, Dynamo, BudgetTable],
          useFactory: (hub: StreamHub, dynamo: Dynamo, budget: BudgetTable) =>
            new EraseUser(
              hub,
              new UserStreams(dynamo, systemClock),
              new UserConversations(dynamo),
              budget,
              systemClock,
            ),
        },
        {
          provide: ChatReads,
          inject: [ConversationTable, Models, KnowledgeSearch, EraseUser, ReplayMessage, ToolCalls],
          useFactory: (...parts: ConstructorParameters<typeof ChatReads>) => new ChatReads(...parts),
        },
      ],
    };
  }
}

/** Its table is large: loaded where a provider may be asked, after the start. */
function tokenizerFor({ MODELS }: Environment): Tokenizer {
  const tokenizer = new Tokenizer();
  if (MODELS.length > 0)
    tokenizer.load().catch((error: unknown) => modelLogger.warn({ err: error }, 'tokens are estimated, not counted'));
  return tokenizer;
}

/** Of the symbols that the source can list: an answer may say Apple and mean AAPL. */
async function namesIn(source: MarketDataSource): Promise<ReadonlyMap<string, string>> {
  try {
    return new Map((await source.universe()).map(({ symbol, name }) => [symbol, name]));
  } catch (error) {
    modelLogger.warn({ err: error }, 'symbols are known by no name');
    return new Map();
  }
}

const modelLogger = new Logger('Models');

const modelSurroundings = (metrics: Metrics) => ({
  clock: systemClock,
  onFailure: (model: string, kind: string) => {
    metrics.count('ModelFailures', 1, { Model: model });
    modelLogger.warn({ model, kind }, 'a model gave no answer');
  },
  notice: (line: string) => modelLogger.log(line),
});

/** "Today" is the clock of the data: what the assistant calls the last three years ends where the data does. */
function startReply(
  hub: StreamHub,
  conversations: ConversationTable,
  models: Models,
  loop: ReplyLoop,
  source: MarketDataSource,
  stored: RepliesStored,
  budget: BudgetTable,
  memory: ConversationMemory,
  versions: DataVersions,
): StartReply {
  const today = () => source.now().toISOString().slice(0, 10);
  return new StartReply(
    hub,
    conversations,
    models,
    new AnswerMessage(loop, stored, memory, versions),
    today,
    budget,
    memory,
  );
}
