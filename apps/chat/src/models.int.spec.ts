import { randomUUID } from 'node:crypto';
import { chunk, done, fails, ProviderServer, sends, sendsEvents, usageChunk } from '@stocktool/llm/provider-server';
import { answerTo, placeOf, start, stopAll, stream, textOf, type Read } from './chat-service.fixture';

const answer = sends([chunk({ content: 'It ' }), chunk({ content: 'did well.' }), chunk({}, 'stop'), usageChunk(50, 6), done].join('')); // prettier-ignore
const [first, second] = await Promise.all([ProviderServer.start(answer), ProviderServer.start(answer)]);
const settings = {
  MODELS: 'openai/small,compatible/own=qwen3',
  OPENAI_API_KEY: 'sk-of-the-test',
  OPENAI_BASE_URL: first.url,
  COMPATIBLE_BASE_URL: second.url,
  MODEL_RETRIES: '0',
};
const service = await start(settings);
afterAll(() => Promise.all([stopAll(), first.stop(), second.stop()]));

describe('the chat service with models of a provider', () => {
  const usageIn = (events: Read[]) => events.flatMap(({ event }) => (event.event === 'usage' ? [event.data] : []));
  const ask = async (message: string, body = {}) =>
    (await stream(service, 'Reply', randomUUID(), { message, ...body })).finished;

  it('answers with the first of them, or with the one that is asked for', async () => {
    const events = await ask('How did Apple do?');
    expect(textOf(events)).toBe('It did well.');
    expect(usageIn(events)).toMatchObject([{ model: 'small', promptTokens: 50, completionTokens: 6 }]);
    expect(usageIn(await ask('How did Apple do?', { model: 'own' }))).toMatchObject([{ model: 'own' }]);
    expect(second.calls.at(-1)!.body.model).toBe('qwen3');
    expect(usageIn(await ask('hi', { model: 'offline' }))).toMatchObject([{ model: 'offline' }]);
    const { items }: { items: object[] } = await answerTo(service, 'ListModels', randomUUID(), {});
    expect(items).toEqual([
      { name: 'small', provider: 'openai', available: true, default: true },
      { name: 'own', provider: 'compatible', available: true, default: false },
      { name: 'offline', provider: 'offline', available: true, default: false },
    ]);
  });

  it('asks the next when one is down, and lets the offline model stand in for all: it says so', async () => {
    first.answer = fails(503);
    expect(usageIn(await ask('How did Apple do?'))).toMatchObject([{ model: 'own' }]);
    second.answer = fails(401);
    const events = await ask('price of KO');
    expect(usageIn(events)).toMatchObject([{ model: 'offline' }]);
    expect(textOf(events)).toMatch(/KO/);
    expect(events.at(-1)!.event).toMatchObject({ event: 'done', data: { degraded: true } });
    [first.answer, second.answer] = [answer, answer];
  });

  it('ends with a problem when a provider breaks off, and the next message of the conversation is answered', async () => {
    first.answer = (_, response) =>
      void sendsEvents(response).write(chunk({ content: 'It did ' }), () => response.destroy());
    const userId = randomUUID();
    const broken = await (await stream(service, 'Reply', userId, { message: 'How did Apple do?' })).finished;
    expect(broken.at(-1)!.event).toMatchObject({
      event: 'problem',
      data: { type: '/problems/dependency-unavailable' },
    });
    first.answer = answer;
    const { conversationId } = placeOf(broken);
    const again = await (await stream(service, 'Reply', userId, { message: 'Again?', conversationId })).finished;
    expect(textOf(again)).toBe('It did well.');
    expect(first.calls.at(-1)!.body.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  });

  it('tells what an answer cost, and stops at the budget of the day; the offline model goes on', async () => {
    const poor = await start({ ...settings, MODEL_USD_PER_USER_DAY: '1', MODEL_PRICES: 'small=5/20' });
    const userId = randomUUID();
    const said = async (body = {}) => {
      const reply = await stream(poor, 'Reply', userId, { message: 'How did Apple do?', ...body });
      return reply.finished;
    };
    // 50 tokens at 5 $ and 6 at 20 $ for a million; set aside is the whole prompt with its tools, and 2000 of an answer
    expect(usageIn(await said())).toMatchObject([{ model: 'small', costUsd: 0.00037 }]);
    first.answer = sends([chunk({ content: 'dear' }), chunk({}, 'stop'), usageChunk(1000, 49_000), done].join(''));
    expect(usageIn(await said())).toMatchObject([{ costUsd: 0.985 }]);
    await expect(said()).rejects.toMatchObject({ code: 'too-many-requests', retryAfterSeconds: expect.any(Number) });
    expect(usageIn(await said({ model: 'offline' }))).toMatchObject([{ model: 'offline', costUsd: 0 }]);
    first.answer = answer;
    const other = await stream(poor, 'Reply', randomUUID(), { message: 'How did Apple do?' });
    expect(textOf(await other.finished)).toBe('It did well.');
  });
});
