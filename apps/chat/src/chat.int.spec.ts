import { randomBytes, randomUUID } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import { eventually } from '@stocktool/testing';
import request from 'supertest';
import { answerTo, contextOf, names, placeOf, start, stopAll, stream, textOf } from './chat-service.fixture';

const one = await start();
const other = await start();
afterAll(stopAll);

describe('the chat service over gRPC', () => {
  it('answers a question with events numbered from 1, and keeps question and answer', async () => {
    const userId = randomUUID();
    const { finished } = await stream(one, 'Reply', userId, { message: 'How risky is AMD since 2015?' });
    const events = await finished;
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(names(events).slice(0, 3)).toEqual(['conversation', 'tool_call', 'tool_result']);
    expect(names(events).slice(-2)).toEqual(['usage', 'done']);
    const { conversationId, messageId } = placeOf(events);
    const kept: {
      messages: { id: string; role: string; content: string; grounding?: { ok: boolean }[] }[];
      title: string;
    } = await answerTo(one, 'GetConversation', userId, { conversationId });
    expect(kept.title).toBe('How risky is AMD since 2015?');
    expect(kept.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(kept.messages[1]).toMatchObject({ id: messageId, content: textOf(events) });
    expect(kept.messages[1]!.grounding!.every(({ ok }) => ok)).toBe(true);
    const list: { items: { id: string }[] } = await answerTo(one, 'ListConversations', userId, {});
    expect(list.items.map(({ id }) => id)).toEqual([conversationId]);
  });

  it('is one reply under a message id that is given, however often it is asked for', async () => {
    const userId = randomUUID();
    const body = { message: 'How risky is AMD since 2015?', messageId: randomUUID() };
    const calls = await Promise.all(Array.from({ length: 3 }, () => stream(one, 'Reply', userId, body)));
    const [first, ...others] = await Promise.all(calls.map(({ finished }) => finished));
    expect(placeOf(first!).messageId).toBe(body.messageId);
    for (const other of others) expect(other).toEqual(first);
    const list: { items: unknown[] } = await answerTo(one, 'ListConversations', userId, {});
    expect(list.items).toHaveLength(1);
  });
  it('remembers what was asked before', async () => {
    const userId = randomUUID();
    const first = await (await stream(one, 'Reply', userId, { message: 'How risky is AAPL since 2015?' })).finished;
    const { conversationId } = placeOf(first);
    const next = await (await stream(one, 'Reply', userId, { message: 'and Microsoft?', conversationId })).finished;
    expect(next.find(({ event }) => event.event === 'tool_call')!.event.data).toMatchObject({
      name: 'get_risk_assessment',
      arguments: { symbol: 'MSFT', from: '2015-01-01' },
    });
  });

  it('goes on without its reader, who comes back to another process and misses nothing', async () => {
    const two = await start();
    const userId = randomUUID();
    const message = 'Analyse 60% AAPL and 40% MSFT'; // no worker takes the job here: the tool waits for some seconds
    const { call, events } = await stream(one, 'Reply', userId, { message });
    await eventually(() => names(events).includes('tool_call'));
    call.cancel();
    const { messageId } = placeOf(events);
    const seen = events.at(-1)!.sequence;
    const there = await stream(two, 'Attach', userId, { messageId, afterSequence: seen });
    const here = await stream(one, 'Attach', userId, { messageId, afterSequence: seen });
    const [tail, same] = await Promise.all([there.finished, here.finished]);
    expect(tail).toEqual(same);
    expect(tail.map(({ sequence }) => sequence)).toEqual(tail.map((_, i) => seen + 1 + i));
    expect(textOf(tail)).toMatch(/The analysis is queued/);
    const later = await stream(two, 'Attach', userId, { messageId, afterSequence: 0 });
    expect((await later.finished).slice(seen)).toEqual(tail);
    const replay: { equal: boolean } = await answerTo(two, 'Replay', userId, { messageId });
    expect(replay).toMatchObject({ equal: true, toolCalls: [{ name: 'analyze_portfolio' }] });
  });

  it.each([
    'How risky is AMD since 2015?',
    'Price of AAPL, MSFT and ^GSPC',
    'Is Pepsi safer than Coke since 2015?',
    'RSI and MACD of IBM',
    'Has IBM had a golden cross since 2005?',
    'How is the market?',
    'Forecast for Apple',
    'What is value at risk?',
    'Which sector is Pfizer in?',
  ])('gives byte-equal results again, in another process: %s', async (message) => {
    const userId = randomUUID();
    const { messageId } = placeOf(await (await stream(one, 'Reply', userId, { message })).finished);
    const replay: { equal: boolean; toolCalls: object[]; data: object } = await answerTo(other, 'Replay', userId, { messageId }); // prettier-ignore
    expect(replay.toolCalls.length).toBeGreaterThan(0);
    expect(replay).toMatchObject({ equal: true, messageId, model: 'offline' });
    for (const call of replay.toolCalls) expect(call).toMatchObject({ equal: true, replayed: { ok: true } });
    await expect(answerTo(other, 'Replay', randomUUID(), { messageId })).rejects.toMatchObject({ code: 'message-not-found' }); // prettier-ignore
  });

  it('is cancelled from any process, and saved as such', async () => {
    const two = await start();
    const userId = randomUUID();
    const { events, finished } = await stream(one, 'Reply', userId, { message: 'Analyse 60% KO and 40% PEP' });
    await eventually(() => names(events).includes('tool_call'));
    const { conversationId, messageId } = placeOf(events);
    await answerTo(two, 'Cancel', userId, { messageId });
    expect((await finished).at(-1)!.event).toEqual({
      event: 'done',
      data: { messageId, finishReason: 'cancelled', degraded: false },
    });
    const kept: { messages: object[] } = await answerTo(one, 'GetConversation', userId, { conversationId });
    expect(kept.messages[1]).toMatchObject({ finishReason: 'cancelled' });
    await expect(answerTo(one, 'Cancel', userId, { messageId })).rejects.toMatchObject({ code: 'reply-finished' });
  });

  it('shows nobody what belongs to another user', async () => {
    const [owner, stranger] = [randomUUID(), randomUUID()];
    const events = await (await stream(one, 'Reply', owner, { message: 'price of KO' })).finished;
    const { conversationId, messageId } = placeOf(events);
    const attach = await stream(one, 'Attach', stranger, { messageId, afterSequence: 0 });
    await expect(attach.finished).rejects.toMatchObject({ code: 'message-not-found' });
    await expect(answerTo(one, 'Cancel', stranger, { messageId })).rejects.toMatchObject({ code: 'message-not-found' });
    const reply = await stream(one, 'Reply', stranger, { message: 'and PEP?', conversationId });
    await expect(reply.finished).rejects.toMatchObject({ code: 'conversation-not-found' });
    for (const method of ['GetConversation', 'DeleteConversation'])
      await expect(answerTo(one, method, stranger, { conversationId })).rejects.toMatchObject({
        code: 'conversation-not-found',
      });
    await answerTo(one, 'DeleteConversation', owner, { conversationId });
    await expect(answerTo(one, 'GetConversation', owner, { conversationId })).rejects.toMatchObject({
      code: 'conversation-not-found',
    });
  });

  it.each<[string, Parameters<typeof contextOf>[1]]>([
    ['another audience', { audience: 'other' }],
    ['another key', { signedWith: randomBytes(32) }],
    ['an expired context', { lives: '-1m' }],
  ])('refuses %s', async (_, options) => {
    const metadata = await contextOf(randomUUID(), options);
    const { finished } = await stream(one, 'Reply', '', { message: 'hi' }, metadata);
    await expect(finished).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('refuses a caller without a context', async () => {
    const { finished } = await stream(one, 'Reply', '', { message: 'hi' }, new Metadata());
    await expect(finished).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it.each([
    [{ message: '' }, 'message'],
    [{ message: 'x'.repeat(8001) }, 'message'],
    [{ message: 'hi', model: 'gpt-unknown' }, 'model'],
    [{ message: 'hi', asOf: 'yesterday' }, 'asOf'],
  ])('refuses what is not valid: %#', async (body, field) => {
    const { finished } = await stream(one, 'Reply', randomUUID(), body);
    await expect(finished).rejects.toMatchObject({ code: 'validation-failed', errors: [{ path: field }] });
  });

  it('leaves a request that a newer gateway has accepted to a newer chat service', async () => {
    const { finished } = await stream(one, 'Reply', randomUUID(), { message: 'hi', optionOfTomorrow: true });
    await expect(finished).rejects.toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 5 });
    expect(await answerTo(one, 'ListConversations', randomUUID(), { limit: 5, orderOfTomorrow: 'newest' })).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('lists the offline model and searches the knowledge pages', async () => {
    expect(await answerTo(one, 'ListModels', randomUUID(), {})).toEqual({
      items: [{ name: 'offline', provider: 'offline', available: true, default: true }],
    });
    const found: { items: { title: string }[] } = await answerTo(one, 'SearchKnowledge', randomUUID(), {
      q: 'value at risk',
      k: 3,
    });
    expect(found.items).toHaveLength(3);
    expect(found.items[0]!.title).toMatch(/value at risk/i);
  });

  it('has its tools called without a conversation, but what only a user confirms', async () => {
    const userId = randomUUID();
    const { tools }: { tools: { name: string; keeps: boolean; inputSchema: object; outputSchema: object }[] } = await answerTo(one, 'ListTools', userId, {}); // prettier-ignore
    const names = tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['get_stock_quote', 'what_if', 'get_my_portfolios']));
    expect(names).not.toContain('set_price_alert');
    expect(tools.filter(({ keeps }) => keeps).map(({ name }) => name)).toEqual(['analyze_portfolio']);
    const mayKeep = false;
    const quote = { name: 'get_stock_quote', arguments: { symbol: 'KO', asOf: '2016-06-30' }, mayKeep };
    expect(await answerTo(one, 'CallTool', userId, quote)).toMatchObject({
      ok: true,
      result: { symbol: 'KO', asOf: expect.stringContaining('2016-06-30') },
    });
    const bad = { name: 'get_stock_quote', arguments: { symbol: 'not a symbol' }, mayKeep };
    expect(await answerTo(one, 'CallTool', userId, bad)).toMatchObject({ ok: false, result: { error: { code: 'validation-failed' } } }); // prettier-ignore
    const alert = { name: 'set_price_alert', arguments: { symbol: 'KO', above: 1 }, mayKeep: true };
    await expect(answerTo(one, 'CallTool', userId, alert)).rejects.toMatchObject({ code: 'not-found' });
    const analysis = { name: 'analyze_portfolio', arguments: { holdings: [{ symbol: 'KO', weight: 1 }] }, mayKeep };
    await expect(answerTo(one, 'CallTool', userId, analysis)).rejects.toMatchObject({ code: 'forbidden' });
    const several = Array.from({ length: 6 }, () => answerTo(one, 'CallTool', userId, { name: 'forecast_price', arguments: { symbol: 'KO' }, mayKeep })); // prettier-ignore
    const outcomes = await Promise.allSettled(several);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : [])); // prettier-ignore
    expect(refused).toEqual(['too-many-requests', 'too-many-requests']);
  });

  it('is alive over HTTP', async () => {
    await request(one.app.getHttpServer()).get('/health/live').expect(200, { status: 'ok' });
  });
});
