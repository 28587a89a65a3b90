import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { api, baseUrl, newUser } from './client';

it('a client of the Model Context Protocol has the tools, and each result fits what the tool says of it', async () => {
  const { token } = await newUser();
  const made = await api('POST', '/v1/api-keys', { token, body: { name: 'mcp', scopes: ['read', 'write'] } });
  const client = new Client({ name: 'e2e', version: '1' });
  const headers = { 'x-api-key': made.body.key as string };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', baseUrl), { requestInit: { headers } }));
  try {
    const { tools } = await client.listTools(); // the client checks every result by the schema of its tool from now on
    expect(tools.length).toBeGreaterThan(12);
    expect(tools.map(({ name }) => name)).not.toContain('set_price_alert');
    const holdings = [{ symbol: 'AAPL', quantity: 10 }, { symbol: 'KO', quantity: 20 }]; // prettier-ignore
    const asOf = '2018-06-29';
    const calls: [string, object, object][] = [
      ['get_stock_quote', { symbol: 'AAPL', asOf }, { symbol: 'AAPL' }],
      ['get_risk_assessment', { symbol: 'KO', asOf }, { window: { to: asOf } }],
      ['what_if', { holdings, trades: [{ action: 'sell', symbol: 'KO', fraction: 0.5 }], asOf }, { executed: false }],
      ['optimize_portfolio', { holdings, objective: 'minVariance', asOf }, { window: { to: asOf } }],
      ['get_my_portfolios', {}, { portfolios: [] }],
      ['analyze_portfolio', { holdings, asOf }, { links: {} }],
      ['search_knowledge', { query: 'value at risk' }, { items: [{}, {}, {}, {}] }],
    ];
    for (const [name, args, expected] of calls) {
      const { structuredContent, isError } = await client.callTool({ name, arguments: { ...args } });
      expect({ name, isError, structuredContent }).toMatchObject({
        name,
        isError: undefined,
        structuredContent: expected,
      });
    }
    const refused = await client.callTool({ name: 'get_stock_quote', arguments: { symbol: 'NOSUCH' } });
    expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('symbol-not-found') }] });
  } finally {
    await client.close();
  }
});
