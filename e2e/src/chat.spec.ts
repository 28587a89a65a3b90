import { api, eventually, newUser, type User } from './client';
import { events } from './events';

let user: User;
beforeAll(async () => {
  user = await newUser();
});

const say = (message: string, extra: object = {}) =>
  events('/v1/chat/stream', { token: user.token, method: 'POST', body: { message, ...extra } });

const dataOf = (found: Awaited<ReturnType<typeof events>>, name: string) =>
  found.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data));

describe('chat', () => {
  it('answers from tools, and every number is backed by one', async () => {
    const found = await say('How risky is AAPL from 2015-01-02 to 2019-12-31?');
    expect(dataOf(found, 'conversation')).toHaveLength(1);
    expect(dataOf(found, 'tool_call').map(({ name }) => name)).toContain('get_risk_assessment');
    expect(dataOf(found, 'tool_result').every(({ ok }) => ok)).toBe(true);
    expect(dataOf(found, 'grounding').length).toBeGreaterThan(0);
    expect(dataOf(found, 'grounding').every(({ ok }) => ok)).toBe(true);
    expect(dataOf(found, 'done')).toMatchObject([{ finishReason: 'stop' }]);
  });

  const questions: [string, string][] = [
    ['What is the price of MSFT?', 'get_stock_quote'],
    ['How did JPM do in 2020?', 'get_historical_prices'],
    ['What is the correlation of AAPL and MSFT?', 'calculate_correlation'],
    ['RSI and moving averages of IBM', 'get_technical_indicators'],
    ['Has IBM had a golden cross since 2005?', 'check_golden_cross'],
    ['Where will KO be next week?', 'forecast_price'],
    ['What does value at risk mean?', 'search_knowledge'],
    ['Analyse a portfolio of 60% AAPL and 40% MSFT', 'analyze_portfolio'],
  ];
  it.each(questions)('%s is answered with %s', async (message, tool) => {
    const { status, body } = await api('POST', '/v1/chat', { token: user.token, body: { message } });
    expect(status).toBe(200);
    expect(body.toolCalls.map(({ name }: { name: string }) => name)).toContain(tool);
    expect(body.toolCalls.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    expect(body.content.length).toBeGreaterThan(20);
  });

  it('knows the caller’s own portfolios, thinks of trades in them, and of better weights', async () => {
    // more than an item of the table takes
    const transactions = Array.from({ length: 600 }, (_, i) => {
      const symbol = ['AAPL', 'KO', 'JNJ'][i % 3];
      const day = new Date(Date.UTC(2016, 0, 4 + i)).toISOString().slice(0, 10);
      return {
        date: day,
        type: 'buy',
        symbol,
        quantity: ((i * 7919) % 997) / 10 + 0.1,
        price: ((i * 104_729) % 9973) / 100 + 1,
      };
    });
    const owner = await newUser();
    const made = await api('POST', '/v1/portfolios', { token: owner.token, body: { name: 'Traded', transactions } });
    expect(made.status).toBe(201);
    await api('POST', '/v1/watchlists', { token: owner.token, body: { name: 'Drinks', symbols: ['KO', 'PEP'] } });
    const ask = async (message: string) =>
      (await api('POST', '/v1/chat', { token: owner.token, body: { message } })).body;
    const mine = await ask('Show my portfolios and watchlists');
    expect(mine.content).toMatch(/Your portfolio Traded[\s\S]*AAPL: [\d,.]+ shares[\s\S]*Your watchlist Drinks/);
    const sold = await ask('What if I sell half of my Apple in my Traded portfolio?');
    expect(sold.content).toMatch(/nothing was bought or sold[\s\S]*\| Annual volatility \|/);
    const optimum = await ask('Optimise my Traded portfolio for minimum variance');
    expect(optimum.content).toMatch(/\| JNJ, weight \| [\d.]+% \| [\d.]+% \|/);
    const analysis = await ask('How risky is my Traded portfolio?');
    expect(analysis.content).toMatch(/Your portfolio[\s\S]*Share of the risk: /);
    for (const { grounding } of [mine, sold, optimum, analysis])
      expect(grounding.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
  });

  it('sets an alert only after the user has said yes', async () => {
    const owner = await newUser();
    const ask = async (body: object) => (await api('POST', '/v1/chat', { token: owner.token, body })).body;
    const alerts = async () => (await api('GET', '/v1/alerts', { token: owner.token })).body.items;
    const { content, conversationId } = await ask({ message: 'Alert me when KO falls below $50' });
    expect(content).toMatch(/not set yet\. Answer "yes" to set it\.$/);
    expect(await alerts()).toEqual([]);
    await ask({ message: 'yes', conversationId });
    expect(await alerts()).toMatchObject([{ symbol: 'KO', below: 50 }]);
  });

  it('resumes a stream without gap or repeat', async () => {
    const whole = await say('What is beta?');
    const { messageId } = dataOf(whole, 'conversation')[0] as { messageId: string };
    const cut = Math.floor(whole.length / 2);
    const rest = await events(`/v1/chat/stream/${messageId}`, { token: user.token, lastEventId: whole[cut]?.id });
    expect(rest.map(({ id, event, data }) => ({ id, event, data }))).toEqual(
      whole.slice(cut + 1).map(({ id, event, data }) => ({ id, event, data })),
    );
  });

  it('finishes the reply of a reader that went away', async () => {
    const begun = await events('/v1/chat/stream', {
      token: user.token,
      method: 'POST',
      body: { message: 'How risky is MSFT compared with AAPL since 2015?' },
      until: ({ event }) => event === 'conversation',
    });
    const { conversationId, messageId } = dataOf(begun, 'conversation')[0] as {
      conversationId: string;
      messageId: string;
    };
    const message = await eventually('the reply in its conversation', async () => {
      const { body } = await api('GET', `/v1/conversations/${conversationId}`, { token: user.token });
      return (body.messages as { id: string; finishReason?: string }[]).find(({ id }) => id === messageId);
    });
    expect(message.finishReason).toBe('stop');
  });

  it('remembers the conversation, lists it, and forgets it when told', async () => {
    const { body: first } = await api('POST', '/v1/chat', {
      token: user.token,
      body: { message: 'What is the price of AAPL?' },
    });
    await api('POST', '/v1/chat', {
      token: user.token,
      body: { message: 'And MSFT?', conversationId: first.conversationId },
    });
    const { body: list } = await api('GET', '/v1/conversations?limit=100', { token: user.token });
    expect(list.items.map(({ id }: { id: string }) => id)).toContain(first.conversationId);
    const { body: whole } = await api('GET', `/v1/conversations/${first.conversationId}`, { token: user.token });
    expect(whole.messages.map(({ role }: { role: string }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
    expect((await api('DELETE', `/v1/conversations/${first.conversationId}`, { token: user.token })).status).toBe(204);
    expect((await api('GET', `/v1/conversations/${first.conversationId}`, { token: user.token })).status).toBe(404);
  });

  it('refuses to cancel what has finished', async () => {
    const { body } = await api('POST', '/v1/chat', { token: user.token, body: { message: 'What is beta?' } });
    expect((await api('DELETE', `/v1/chat/stream/${body.messageId}`, { token: user.token })).status).toBe(409);
  });
});
