import {
  CompanyProfile,
  Dividends,
  Earnings,
  Financials,
  Holders,
  NewsItem,
  Recommendations,
  type SymbolMatch,
} from '@stocktool/contracts';
import { z } from 'zod';
import type { DailySeries } from '../daily-series';
import type { SourceNews } from '../market-data-source';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The last known answer serves while nobody can give a newer one, and says that it is stale. */
export const servedStaleMs = 7 * dayMs;
/** That a symbol is unknown. */
export const unknownForMs = 10 * minuteMs;

interface Kind {
  readonly freshMs: number;
  /** An answer that is older than fresh is given at once up to this age, while a newer one is fetched. */
  readonly servedWhileRenewingMs?: number;
  /** How it is checked where another process wrote it. Prices have a form of their own; absent: not shared. */
  readonly shared?: z.ZodType | 'prices';
}

const facts = (shared: z.ZodType): Kind => ({ freshMs: dayMs, shared });
const Stories = z.array(NewsItem.omit({ sentiment: true }));
const news: Kind = { freshMs: 15 * minuteMs, servedWhileRenewingMs: 6 * hourMs, shared: Stories };

/** What changes slowly, how long it is fresh, and how processes share it. What people search for is nobody else's matter. */
const answerKinds = {
  history: { freshMs: dayMs, shared: 'prices' },
  search: { freshMs: dayMs },
  profile: facts(CompanyProfile),
  dividends: facts(Dividends),
  financials: facts(Financials),
  earnings: facts(Earnings),
  recommendations: facts(Recommendations),
  holders: facts(Holders),
  news,
  feed: news,
} as const satisfies Record<string, Kind>;

export type AnswerKind = keyof typeof answerKinds;
export const kindOf = (kind: AnswerKind): Kind => answerKinds[kind];

export interface Answers {
  history: DailySeries;
  search: SymbolMatch[];
  profile: CompanyProfile;
  dividends: Dividends;
  financials: Financials;
  earnings: Earnings;
  recommendations: Recommendations;
  holders: Holders;
  news: SourceNews[];
  feed: SourceNews[];
}

/** `variant` tells questions of one kind about one symbol apart: which feed, how many results. */
export interface Question<Kind extends AnswerKind = AnswerKind> {
  readonly kind: Kind;
  readonly symbol: string;
  readonly variant?: string;
}
