import {
  Account,
  AccountExport,
  AnalysisSummary,
  ApiKeyCreated,
  ApiKeyRow,
  ChatReplay,
  ChatReply,
  Citation,
  Conversation,
  ConversationMessage,
  ConversationSummary,
  DeadLetter,
  Delivery,
  Grounding,
  KnowledgeHit,
  MailedToken,
  Forecast,
  MarketSummary,
  MetricsSummary,
  ModelRow,
  PasswordForgotRequest,
  PasswordResetRequest,
  PriceHistory,
  CircuitBreaker,
  QueueRow,
  Quote,
  Quotes,
  RegisterRequest,
  SessionRow,
  SignedIn,
  Subscription,
  SubscriptionCreated,
  SubscriptionPatch,
  SymbolMatch,
  Usage,
  VerifyEmailRequest,
} from '@stocktool/contracts';
import type { z } from 'zod';
import { ReportLink } from '../analyses/report';
import { KnowledgeHits, Models } from '../chat/conversations';

const id = '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f';
const at = '2026-01-05T14:30:00.000Z';
const later = '2026-01-05T14:45:00.000Z';
const mailedToken = 'AZcvfotsfDqdXgobLD1OX7b2Yw3kQ0p5s8t1u4v7x0A';

const account = { id, email: 'ada@example.com', emailVerified: true, name: 'Ada', roles: ['user'] };
const quote = {
  symbol: 'AAPL',
  price: 129.93,
  currency: 'USD',
  change: -3.95,
  changePercent: -2.95,
  previousClose: 133.88,
  asOf: '2022-12-28T21:00:00.000Z',
  source: 'bundled',
  ageSeconds: 95_000_000,
  stale: false,
  cache: 'memory',
};
const summary = {
  id,
  title: 'How risky is AAPL?',
  createdAt: at,
  lastMessageAt: at,
  expiresAt: '2026-01-06T14:30:00.000Z',
};
const toolCall = { id: 'call_1', name: 'get_stock_quote', arguments: { symbol: 'AAPL' }, ok: true, durationMs: 4 };
const citation = {
  id: 'beta#1',
  title: 'Beta',
  documentId: 'beta',
  snippet: 'Beta compares the moves of an asset with …',
};
const grounding = { start: 11, end: 17, text: '129.93', ok: true, toolCallId: 'call_1' };
const usage = { model: 'offline', promptTokens: 120, completionTokens: 24, costUsd: 0 };
const sha256 = '8d146f80b0ef2218e4f294a8d9cf19652c43c8825cb80bc2ac95d819205bc793';
const dataVersion = { source: 'bundled', version: sha256, live: false };
const replay = {
  messageId: id,
  conversationId: id,
  createdAt: at,
  model: 'offline',
  promptSha256: sha256,
  contentSha256: sha256,
  data: { then: [dataVersion], now: [dataVersion] },
  equal: true,
  toolCalls: [
    {
      id: '3d4e5f60-1-1',
      name: 'get_stock_quote',
      arguments: { symbol: 'AAPL' },
      equal: true,
      recorded: { ok: true, sha256 },
      replayed: { ok: true, sha256, result: { symbol: 'AAPL', price: 126.04 } },
    },
  ],
};
const reply = {
  content: 'AAPL is at 129.93 USD.',
  toolCalls: [toolCall],
  citations: [citation],
  grounding: [grounding],
  usage,
  degraded: false,
};
const message = { id, role: 'assistant', createdAt: at, finishReason: 'stop', ...reply };
const subscription = {
  id,
  channel: 'webhook',
  target: 'https://example.com/hooks/stocktool',
  events: ['analysis.*'],
  status: 'active',
  createdAt: at,
};
const model = { name: 'offline', provider: 'built in', available: true, default: true };
const hit = { documentId: 'beta', title: 'Beta', snippet: 'Beta compares the moves of an asset with …', score: 3.1 };
const apiKey = { id, name: 'nightly report', scopes: ['read', 'write'], createdAt: at };

/** One example for each schema whose contract has none of its own; a test parses every one. */
export const examples: readonly (readonly [schema: z.ZodType, example: unknown])[] = [
  [RegisterRequest, { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' }],
  [SignedIn, { user: account, accessToken: 'eyJhbGciOi…', expiresIn: 900, tokenType: 'Bearer' }],
  [Account, account],
  [
    AccountExport,
    {
      exportedAt: at,
      account: { ...account, createdAt: at },
      conversations: [],
      sessions: [],
      apiKeys: [apiKey],
      priceSeries: [],
      watchlists: [],
      documents: [],
      portfolios: [],
      alerts: [],
      analyses: [],
      subscriptions: [subscription],
      deliveries: [],
    },
  ],
  [MailedToken, { token: mailedToken }],
  [VerifyEmailRequest, { token: mailedToken }],
  [PasswordForgotRequest, { email: 'ada@example.com' }],
  [PasswordResetRequest, { token: mailedToken, password: 'another horse battery' }],
  [
    SessionRow,
    { id, createdAt: at, lastUsedAt: at, expiresAt: '2026-01-12T14:30:00.000Z', current: true, userAgent: 'curl/8.5' },
  ],
  [ApiKeyRow, apiKey],
  [ApiKeyCreated, { ...apiKey, key: 'stk_AZcvfotsfDqdXgobLD1OXw…' }],
  [
    Quotes,
    {
      items: [quote],
      errors: [
        { symbol: 'NOSUCH', problem: { type: '/problems/symbol-not-found', title: 'Symbol not found', status: 404 } },
      ],
    },
  ],
  [
    PriceHistory,
    {
      symbol: 'AAPL',
      currency: 'USD',
      source: 'bundled',
      rows: [{ date: '2022-12-28', open: null, high: null, low: null, close: 129.93, adjClose: 129.93, volume: null }],
    },
  ],
  [
    Forecast,
    {
      symbol: 'KO',
      currency: 'USD',
      source: 'bundled',
      asOf: '2022-12-28',
      lastPrice: 63.05,
      days: 1,
      skill: false,
      statement:
        'No skill: in 2500 forecasts of the past none of 4 models was better than a random walk by more than luck.',
      model: null,
      path: null,
      intervalsOf: 'random walk',
      intervals: [{ level: 0.95, lower: [61.61], upper: [64.52], coverage: 0.947, coverageAtEnd: 0.947 }],
      test: {
        baseline: 'random walk',
        baselineError: 1.037,
        origins: 2500,
        significance: 0.05,
        models: [{ model: 'drift', error: 1.035, statistic: 1.84, pValue: 0.033, adjustedPValue: 0.132 }],
      },
      conventions: { prices: 'adjusted closes' },
    },
  ],
  [
    MarketSummary,
    {
      dataMode: 'bundled',
      asOf: quote.asOf,
      session: 'closed',
      nextOpen: '2022-12-29T14:30:00.000Z',
      nextClose: '2022-12-29T21:00:00.000Z',
      indices: [],
      gainers: [],
      losers: [quote],
    },
  ],
  [
    SymbolMatch,
    {
      symbol: 'AAPL',
      name: 'Apple',
      kind: 'stock',
      currency: 'USD',
      source: 'bundled',
      from: '1990-01-02',
      to: '2022-12-28',
    },
  ],
  [
    AnalysisSummary,
    { id, kind: 'portfolio', status: 'running', progress: 0.4, attempts: 1, createdAt: at, startedAt: at },
  ],
  [ReportLink, { url: 'https://stocktool-reports.s3.amazonaws.com/reports/…?X-Amz-Expires=900', expiresAt: later }],
  [ChatReply, { conversationId: id, messageId: id, ...reply }],
  [ChatReplay, replay],
  [Citation, citation],
  [Grounding, grounding],
  [Usage, usage],
  [ConversationSummary, summary],
  [Conversation, { ...summary, messages: [message] }],
  [ConversationMessage, message],
  [Models, { items: [model] }],
  [ModelRow, model],
  [KnowledgeHits, { items: [hit] }],
  [KnowledgeHit, hit],
  [Subscription, subscription],
  [SubscriptionCreated, { ...subscription, secret: 'whsec_c2VjcmV0IG9mIHRoaXMgc3Vic2NyaXB0aW9u' }],
  [SubscriptionPatch, { status: 'disabled' }],
  [
    Delivery,
    {
      id: 'msg_01972f7e8b6c0a1b2c3d4e5f60718293a4b5',
      eventId: `${id}:completed`,
      eventType: 'analysis.completed',
      status: 'delivered',
      createdAt: at,
      nextAttemptAt: null,
      attempts: [{ at, ok: true, responseCode: 204, error: null, durationMs: 87 }],
    },
  ],
  [
    MetricsSummary,
    {
      requests: 1200,
      errorRate: 0.001,
      apiLatencyMs: { avg: 9.5, p50: 6.1, p95: 24, p99: 61 },
      toolTimeMs: { avg: 12, p95: 30 },
      cacheHitRate: 0.93,
      modelTokens: 48_000,
      modelLatencyMs: { avg: 35, p95: 90 },
      byEndpoint: [{ endpoint: 'POST /v1/analyses', requests: 80, errors: 0, p50: 11, p95: 28, p99: 40 }],
    },
  ],
  [
    QueueRow,
    {
      name: 'stocktool-analysis-queue',
      visible: 0,
      inFlight: 2,
      delayed: 0,
      oldestSeconds: null,
      dlq: { name: 'stocktool-analysis-queue-dlq', visible: 1, lastReason: 'The row is damaged' },
    },
  ],
  [
    DeadLetter,
    { messageId: id, deadLetteredAt: at, failures: 3, reason: 'The row is damaged', preview: '{"userId":"…"}' },
  ],
  [
    CircuitBreaker,
    {
      name: 'yahoo',
      state: 'open',
      since: at,
      lastFailure: 'yahoo: status 503',
      budgetLeft: 0.8,
      service: 'api-gateway',
      instance: 'host-1',
    },
  ],
  [Quote, quote],
];
