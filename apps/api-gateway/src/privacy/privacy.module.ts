import { Module } from '@nestjs/common';
import { AnalysesModule, AnalysisData } from '@stocktool/analyses';
import type { PersonalData } from '@stocktool/contracts';
import { DocumentsModule } from '@stocktool/knowledge';
import { PriceSeriesData } from '@stocktool/market-data';
import { PortfolioData, PortfoliosModule } from '@stocktool/portfolios';
import { SubscriptionData, SubscriptionsModule } from '@stocktool/subscriptions';
import { AccountMail } from '../auth/account-mail';
import { PriorAccess } from '../auth/prior-access';
import { Reauthenticate } from '../auth/reauthenticate';
import { ChatModule } from '../chat/chat.module';
import { AccountData } from './account-data';
import { ConversationData } from './conversation-data';
import { DeleteAccount } from './delete-account';
import { DocumentData } from './document-data';
import { ErasurePass, personalDataToken } from './erasure';
import { ErasureSweep } from './erasure-sweep';
import { ErasureTable } from './erasure.table';
import { ExportAccount } from './export-account';
import { IdempotencyData } from './idempotency-data';
import { PrivacyController } from './privacy.controller';

/** Whoever keeps something of a user has a row here. Conversations first: an export fails at once when chat cannot be asked. */
const places = [
  ConversationData,
  AccountData,
  PriceSeriesData,
  PortfolioData,
  AnalysisData,
  SubscriptionData,
  DocumentData,
  IdempotencyData,
];

/** A user's right to all of their data, and to its end. */
@Module({
  imports: [ChatModule, AnalysesModule, DocumentsModule, SubscriptionsModule, PortfoliosModule],
  controllers: [PrivacyController],
  providers: [
    ConversationData,
    AccountData,
    DocumentData,
    IdempotencyData,
    { provide: personalDataToken, inject: places, useFactory: (...all: PersonalData[]) => all },
    ErasureTable,
    ErasurePass,
    ErasureSweep,
    ExportAccount,
    {
      provide: DeleteAccount,
      inject: [Reauthenticate, ErasureTable, PriorAccess, ErasurePass, AccountMail],
      useFactory: (
        reauthenticate: Reauthenticate,
        table: ErasureTable,
        access: PriorAccess,
        pass: ErasurePass,
        mail: AccountMail,
      ) => new DeleteAccount({ reauthenticate, table, access, pass, mail }),
    },
  ],
})
export class PrivacyModule {}
