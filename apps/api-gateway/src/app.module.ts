import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CloudWatchModule } from '@stocktool/aws-cloudwatch';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { ObjectStoreModule } from '@stocktool/aws-s3';
import { SecretsModule } from '@stocktool/aws-secrets';
import { QueueModule } from '@stocktool/aws-sqs';
import { bucket, dynamoTable, HealthModule, queue } from '@stocktool/bootstrap';
import { Clock, systemClock } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { AdminModule } from './admin/admin.module';
import { AlertsModule } from './alerts/alerts.module';
import { AnalysesModule } from './analyses/analyses.module';
import { AuthModule } from './auth/auth.module';
import { ChatModule } from './chat/chat.module';
import { GatewayConfig, type Environment } from './config';
import { DocumentsModule } from './documents/documents.module';
import { DevelopmentInbox, HomeController } from './home/home.controller';
import { McpModule } from './mcp/mcp.module';
import { MarketModule } from './market/market.module';
import { MailedLinksController } from './pages/mailed-links.controller';
import { PortfoliosModule } from './portfolios/portfolios.module';
import { PrivacyModule } from './privacy/privacy.module';
import { OpenStreams } from './streams/open-streams';
import { SubscriptionsModule } from './subscriptions/subscriptions.module';
import { WatchlistsModule } from './watchlists/watchlists.module';
import { otherServices } from './other-services';

const { tables, queues, buckets } = topology;
const ownTables = [
  tables.users,
  tables.analyses,
  tables.portfolios,
  tables.stockCache,
  tables.subscriptions,
  tables.idempotency,
  tables.documents,
];

@Global()
@Module({})
export class AppModule {
  static register(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DynamoModule.register({ promptly: true }),
        QueueModule.register({ promptly: true }),
        ObjectStoreModule.register(environment, { promptly: true }),
        CloudWatchModule.register({ promptly: true }),
        SecretsModule.register({ promptly: true }),
        HealthModule.register({
          checks: [
            ...ownTables.map(({ name }) => dynamoTable(name)),
            queue(queues.analysis.name),
            queue(queues.notifications.name),
            bucket(buckets.reports.name, environment.S3_BUCKET_SUFFIX),
            bucket(buckets.knowledge.name, environment.S3_BUCKET_SUFFIX),
            ...otherServices(environment),
          ],
        }),
        AuthModule,
        MarketModule.register(environment),
        AnalysesModule,
        ChatModule,
        McpModule,
        DocumentsModule,
        SubscriptionsModule,
        WatchlistsModule,
        PortfoliosModule,
        AlertsModule,
        AdminModule,
        PrivacyModule,
      ],
      controllers: [HomeController, MailedLinksController],
      providers: [
        { provide: GatewayConfig, useValue: new GatewayConfig(environment) },
        { provide: Clock, useValue: systemClock },
        OpenStreams,
        DevelopmentInbox,
      ],
      exports: [GatewayConfig, Clock, OpenStreams],
    };
  }
}
