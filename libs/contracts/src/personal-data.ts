import { z } from 'zod';
import { Account, ApiKeyRow, SessionRow } from './accounts';
import { Alert } from './alert';
import { Analysis } from './analysis';
import { Conversation } from './chat';
import { PriceRow } from './market';
import { Document } from './document';
import { Delivery, Subscription } from './notifications';
import { Portfolio } from './portfolio';
import { Ticker } from './ticker';
import { Watchlist } from './watchlist';

/** What one part of the system keeps of a user, beside the tables it is kept in. */
export interface PersonalData {
  /** Names of the tables that this covers. */
  readonly tables: readonly string[];
  /** Section of the export → its rows as the API shows them, one at a time; nothing is read before it is asked for. */
  export(userId: string): Readonly<Partial<Record<ExportSection, AsyncIterable<unknown>>>>;
  /** Deletes all of it, objects too. Safe to repeat: a crash in the middle is healed by the next call. */
  erase(userId: string): Promise<void>;
}

const ExportedSeries = z.object({ symbol: Ticker, currency: z.string(), rows: z.array(PriceRow) });
/** Holdings are those that were given; all transactions are there. */
const ExportedPortfolio = Portfolio.required({ transactions: true });
/** Files are as large as they are: links to every version, which work for some minutes. */
const ExportedDocument = Document.extend({
  downloads: z.array(z.object({ versionId: z.string(), url: z.string(), expiresAt: z.iso.datetime() })),
});
const ExportedDelivery = Delivery.extend({ subscriptionId: z.uuid() });

/** Everything a user has here, in one document. */
export const AccountExport = z
  .object({
    exportedAt: z.iso.datetime(),
    account: Account.extend({ createdAt: z.iso.datetime() }),
    conversations: z.array(Conversation),
    sessions: z.array(SessionRow.omit({ current: true })),
    apiKeys: z.array(ApiKeyRow),
    priceSeries: z.array(ExportedSeries),
    watchlists: z.array(Watchlist),
    portfolios: z.array(ExportedPortfolio),
    alerts: z.array(Alert),
    analyses: z.array(Analysis),
    documents: z.array(ExportedDocument),
    subscriptions: z.array(Subscription),
    deliveries: z.array(ExportedDelivery),
  })
  .meta({ id: 'AccountExport' });
export type AccountExport = z.infer<typeof AccountExport>;
export type ExportSection = Exclude<keyof AccountExport, 'exportedAt' | 'account'>;

export const DeleteAccountRequest = z
  .strictObject({ password: z.string().min(1).max(256).optional() })
  .meta({ id: 'DeleteAccountRequest', example: { password: 'correct horse battery' } });
export type DeleteAccountRequest = z.infer<typeof DeleteAccountRequest>;
