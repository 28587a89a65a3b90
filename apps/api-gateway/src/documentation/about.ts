import type { ApiDocument } from '@stocktool/bootstrap';

/** What the OpenAPI document says of the whole; the routes say the rest. */
export const about: ApiDocument = {
  title: 'StockTool',
  version: '1.0.0',
  description: [
    'Portfolio risk analyses and grounded answers about markets.',
    'Rates are fractions (0.05 is five percent); the one exception is `changePercent`. Times are ISO 8601 in UTC.',
    'Errors are problem documents (RFC 9457). Lists are pages: `limit`, `cursor`, `nextCursor`.',
  ].join('\n\n'),
  finish: (document) => {
    document.components ??= {};
    document.components.securitySchemes = {
      ...document.components.securitySchemes,
      refreshCookie: { type: 'apiKey', in: 'cookie', name: 'refresh_token' },
    };
    return document;
  },
};
