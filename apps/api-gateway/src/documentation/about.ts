import type { ApiDocument } from '@stocktool/bootstrap';
import { examples } from './examples';
import { tidy } from './tidy';

const tags = {
  accounts: 'Registering, signing in, sessions.',
  'api keys': 'Keys for programs.',
  'market data': 'Quotes, history, risk and facts of one symbol, news, price series of your own.',
  portfolios: 'Watchlists, portfolios with their transactions, price alerts.',
  analyses: 'Portfolio analyses: the main job.',
  chat: 'Questions, answered from tools; conversations and knowledge.',
  documents: 'Your own documents: uploaded, read, found by searches and by the assistant.',
  notifications: 'Who is told of what, by mail or webhook.',
  administration: 'For administrators: what the system does.',
};

/** What the OpenAPI document says of the whole; the routes say the rest. */
export const about: ApiDocument = {
  title: 'StockTool',
  version: '1.0.0',
  description: [
    'Portfolio risk analyses and grounded answers about markets.',
    'Rates are fractions (0.05 is five percent); the one exception is `changePercent`. Times are ISO 8601 in UTC.',
    'Errors are problem documents (RFC 9457). Lists are pages: `limit`, `cursor`, `nextCursor`.',
    'A request that is over a limit answers 429 with `Retry-After`; `RateLimit` headers tell how much is left.',
  ].join('\n\n'),
  finish: (document) => {
    document.tags = Object.entries(tags).map(([name, description]) => ({ name, description }));
    document.components ??= {};
    document.components.securitySchemes = {
      ...document.components.securitySchemes,
      refreshCookie: { type: 'apiKey', in: 'cookie', name: 'refresh_token' },
    };
    const schemas = document.components.schemas ?? {};
    for (const [schema, example] of examples) {
      const described = schemas[schema.meta()?.id ?? ''];
      if (described) Object.assign(described, { example });
    }
    return tidy(document);
  },
};
