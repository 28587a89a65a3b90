import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Problem, problemDetails, type ChatEvent } from '@stocktool/contracts';
import { eventually } from '@stocktool/testing';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { ChatServer, refuse, tell } from './chat-server.fixture';
import { conversationId, events, messageId, whole } from './told-reply.fixture';

const chat = new ChatServer();
let gateway: TestGateway;
let user: TestUser;
let base: string;
beforeAll(async () => {
  gateway = await testGateway({ CHAT_GRPC_URL: await chat.listen() });
  user = await gateway.register();
  await gateway.app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(gateway.app.getHttpServer().address() as AddressInfo).port}`;
});
beforeEach(() => {
  chat.asked.length = 0;
  chat.cancelled = 0;
  chat.answers = {};
  Object.assign(chat, { hangs: false, slowMs: 0, knowsPing: true });
});
afterAll(async () => {
  await gateway.close();
  chat.close();
});

const sayAll: ChatServer['stream'] = (call, { afterSequence = 0 }) => {
  tell(call, events, afterSequence);
  call.end();
};
const lines = (from = 0) =>
  events
    .map(({ event, data }, index) => `id: ${index + 1}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    .slice(from)
    .join('');
const question = { message: 'What is AAPL at?' };
const stream = () => gateway.call('post', '/v1/chat/stream', user).send(question);

describe('a question', () => {
  it('streams the events of its reply as they are, each with its sequence', async () => {
    chat.stream = sayAll;
    const { text, headers } = await stream().expect(200);
    expect(headers['content-type']).toContain('text/event-stream');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(text).toBe(lines());
  });

  it('is answered whole, folded from the same events', async () => {
    chat.stream = sayAll;
    const { body } = await gateway.call('post', '/v1/chat', user).send(question).expect(200);
    expect(body).toEqual(whole);
  });

  it('reaches the chat service with the caller signed for a minute, and the request id', async () => {
    chat.stream = sayAll;
    await stream().set('x-request-id', 'trace-me').expect(200);
    const [{ request, context, requestId }] = chat.asked as [(typeof chat.asked)[number]];
    expect(request).toEqual(question);
    expect(context).toMatchObject({ sub: user.id, aud: 'chat', roles: ['user'], requestId: 'trace-me' });
    expect(context.exp! - context.iat!).toBe(60);
    expect(requestId).toBe('trace-me');
  });

  it.each([
    [{}, 'message'],
    [{ message: ' ' }, 'message'],
    [{ message: 'x'.repeat(8001) }, 'message'],
    [{ message: 'x', conversationId: 'y' }, 'conversationId'],
    [{ message: 'x', temperature: 1 }, 'temperature'],
  ])('is refused when malformed, case %#', async (request, path) => {
    for (const route of ['/v1/chat', '/v1/chat/stream']) {
      const { body } = await gateway.call('post', route, user).send(request).expect(400);
      expect(body.errors).toEqual([expect.objectContaining({ path })]);
    }
    expect(chat.asked).toEqual([]);
  });

  it('is refused by an ordinary problem when nothing was told yet', async () => {
    chat.stream = (call) => refuse(call, new Problem('conversation-not-found', 'There is no conversation.'));
    for (const route of ['/v1/chat', '/v1/chat/stream']) {
      const { body, headers } = await gateway.call('post', route, user).send(question).expect(404);
      expect(body).toMatchObject({ type: '/problems/conversation-not-found', detail: 'There is no conversation.' });
      expect(headers['content-type']).toContain('application/problem+json');
    }
  });

  it('ends with the event `problem` under the last id when its reply breaks off', async () => {
    chat.stream = (call) => {
      tell(call, events.slice(0, 4));
      setImmediate(() => refuse(call, new Problem('reply-interrupted', 'The model went away.')));
    };
    const { text } = await stream().expect(200);
    expect(text).toContain(lines().slice(0, 40));
    const [, id, data] = /id: (\d+)\nevent: problem\ndata: (.*)\n\n$/.exec(text)!;
    expect(id).toBe('4');
    expect(JSON.parse(data!)).toMatchObject({ type: '/problems/reply-interrupted', status: 503 });
    await gateway.call('post', '/v1/chat', user).send(question).expect(503);
  });

  it('is one reply however often it is sent with one key', async () => {
    chat.stream = sayAll;
    const ask = () => gateway.call('post', '/v1/chat', user).set('idempotency-key', 'q').send(question);
    const first = await ask().expect(200);
    const again = await ask().expect(200);
    expect(again.body).toEqual(first.body);
    const { text } = await stream().set('idempotency-key', 'q').expect(200);
    expect(text).toBe(lines());
    expect(chat.asked.map(({ call }) => call)).toEqual(['Reply', 'Attach', 'Attach']);

    chat.stream = (call) => refuse(call, new Problem('message-not-found', 'Its events are gone.'));
    const { conversationId: id, ...rest } = whole;
    const message = { ...rest, id: messageId, role: 'assistant', createdAt: '2026-01-01T00:00:00.000Z' };
    const times = { createdAt: message.createdAt, lastMessageAt: message.createdAt, expiresAt: message.createdAt };
    chat.answers['GetConversation'] = { id, title: 'AAPL', ...times, messages: [message] };
    expect((await ask().expect(200)).body).toEqual(whole);
  });
});

describe('a question with a key', () => {
  it('whose sender left before the first event finds the same reply again', async () => {
    chat.stream = () => undefined; // thinks for long
    const abort = new AbortController();
    const leaving = fetch(`${base}/v1/chat/stream`, {
      method: 'POST',
      signal: abort.signal,
      headers: {
        authorization: `Bearer ${user.token}`,
        'content-type': 'application/json',
        'idempotency-key': 'left',
      },
      body: JSON.stringify(question),
    });
    leaving.catch(() => undefined);
    await eventually(() => chat.asked.length === 1);
    abort.abort();
    await eventually(() => chat.cancelled === 1);
    chat.stream = sayAll;
    const ask = () => gateway.call('post', '/v1/chat', user).set('idempotency-key', 'left').send(question);
    await eventually(async () => (await ask()).status === 200);
    const asked = chat.asked
      .filter(({ call }) => call === 'Reply')
      .map(({ request }) => request as { messageId: string });
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[0]!.messageId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('begins a new reply when the one it had died before it told anything', async () => {
    const problem = problemDetails(new Problem('reply-interrupted', 'Its process ended.'));
    chat.stream = (call) => (tell(call, [{ event: 'problem', data: problem }]), call.end());
    const ask = () => gateway.call('post', '/v1/chat', user).set('idempotency-key', 'died').send(question);
    await ask().expect(503);
    chat.stream = sayAll;
    await ask().expect(200);
    const [first, second] = chat.asked.map(({ request }) => (request as { messageId: string }).messageId);
    expect(first).not.toBe(second);
  });
});

describe('a reader', () => {
  it('that leaves closes the call, which detaches it', async () => {
    chat.stream = (call) => tell(call, events.slice(0, 4)); // and goes on thinking
    const abort = new AbortController();
    const response = await fetch(`${base}/v1/chat/stream`, {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    });
    const reader = response.body!.getReader();
    await reader.read();
    expect(chat.cancelled).toBe(0);
    abort.abort();
    await eventually(() => chat.cancelled === 1);
  });

  it('goes on after the last event that it has', async () => {
    chat.stream = sayAll;
    const resume = (id?: string) => {
      const request = gateway.call('get', `/v1/chat/stream/${messageId}`, user);
      return id === undefined ? request : request.set('last-event-id', id);
    };
    expect((await resume('4').expect(200)).text).toBe(lines(4));
    expect(chat.asked[0]).toMatchObject({ call: 'Attach', request: { messageId, afterSequence: 4 } });
    expect((await resume().expect(200)).text).toBe(lines());
    expect((await resume('unknown').expect(200)).text).toBe(lines());
    await resume('9').expect(204);
    await gateway.call('get', '/v1/chat/stream/not-an-id', user).expect(404);
  });

  it.each(['ends', 'dies'])(
    'goes on at another chat process, without gap or repeat, when the one it reads from %s',
    async (how) => {
      const servers = [new ChatServer(), new ChatServer()];
      const addresses = await Promise.all(servers.map((server) => server.listen()));
      const two = await testGateway({ CHAT_GRPC_URL: `ipv4:${addresses.join(',')}` });
      const told = 4;
      let first: ChatServer | undefined; // whichever is asked first
      for (const one of servers)
        one.stream = (call, { afterSequence }) => {
          first ??= one;
          if (one !== first) return sayAll(call, { ...(afterSequence !== undefined && { afterSequence }) });
          if (afterSequence === undefined) tell(call, events.slice(0, told));
          if (how === 'dies') setImmediate(() => one.close());
          else refuse(call, new Problem('dependency-unavailable', 'This process ends.', { retryAfterSeconds: 1 }));
          if (afterSequence !== undefined) one.close(); // it took a while to drain
        };
      const { text } = await two
        .call('post', '/v1/chat/stream', await two.register())
        .send(question)
        .expect(200);
      expect(text).toBe(lines());
      const other = servers.find((server) => server !== first);
      expect(other?.asked).toMatchObject([{ call: 'Attach', request: { messageId, afterSequence: told } }]);
      await two.close();
      for (const server of servers) server.close();
    },
  );

  it('that is slow holds the chat service back', async () => {
    const text = 'x'.repeat(60_000);
    let written = 0;
    let held = false;
    chat.stream = (call) => {
      tell(call, events.slice(0, 1));
      void (async () => {
        for (; written < 1500 && !call.cancelled; written++) {
          const event: ChatEvent = { event: 'delta', data: { text } };
          if (!call.write({ sequence: written + 2, json: JSON.stringify(event) })) {
            const drained = await Promise.race([
              once(call, 'drain').then(() => true),
              new Promise<false>((resolve) => setTimeout(() => resolve(false), 1000)),
            ]);
            held ||= !drained;
            if (held) return;
          }
        }
      })();
    };
    const abort = new AbortController();
    const response = await fetch(`${base}/v1/chat/stream`, {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    });
    expect(response.status).toBe(200); // and then nothing is read
    await eventually(() => held || written === 1500, { timeoutMs: 20_000 });
    expect(held).toBe(true);
    abort.abort();
    await eventually(() => chat.cancelled === 1);
  });
});

describe('the other calls', () => {
  const times = {
    createdAt: '2026-01-01T00:00:00.000Z',
    lastMessageAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-02T00:00:00.000Z',
  };
  const summary = { id: conversationId, title: 'AAPL', ...times };

  it('answer what the chat service answers', async () => {
    chat.answers = {
      ListConversations: { items: [summary], nextCursor: 'next' },
      GetConversation: { ...summary, messages: [] },
      ListModels: { items: [{ name: 'offline', provider: 'built in', available: true, default: true }] },
      SearchKnowledge: { items: [{ documentId: 'beta', title: 'Beta', snippet: 'Beta is', score: 2 }] },
    };
    const get = async (path: string) => (await gateway.call('get', path, user).expect(200)).body as unknown;
    expect(await get('/v1/conversations?limit=1')).toEqual({ items: [summary], nextCursor: 'next' });
    expect(await get(`/v1/conversations/${conversationId}`)).toEqual({ ...summary, messages: [] });
    expect(await get('/v1/models')).toEqual(chat.answers['ListModels']);
    expect(await get('/v1/knowledge/search?q=beta&k=3')).toEqual(chat.answers['SearchKnowledge']);
    expect(chat.asked.at(-1)?.request).toEqual({ q: 'beta', k: 3 });
    await gateway.call('delete', `/v1/conversations/${conversationId}`, user).expect(204);
    await gateway.call('delete', `/v1/chat/stream/${messageId}`, user).expect(204);
    await gateway.call('get', '/v1/knowledge/search', user).expect(400);
  });

  it('replay an answer, whoever holds a key that may read', async () => {
    const sha256 = 'a'.repeat(64);
    const call = { id: 't1', name: 'get_stock_quote', arguments: {}, equal: true, recorded: { ok: true, sha256 } };
    const replay = { messageId, conversationId, createdAt: times.createdAt, contentSha256: sha256, data: { then: [], now: [] }, equal: true, toolCalls: [call] }; // prettier-ignore
    chat.answers = { Replay: replay };
    expect((await gateway.call('post', `/v1/chat/replay/${messageId}`, user).expect(200)).body).toEqual(replay);
    expect(chat.asked.at(-1)).toMatchObject({ call: 'Replay', request: { messageId }, context: { sub: user.id } });
    await gateway.call('post', '/v1/chat/replay/not-an-id', user).expect(404);
    chat.answers = { Replay: new Problem('message-not-found', 'no') };
    await gateway.call('post', `/v1/chat/replay/${messageId}`, user).expect(404);
  });

  it('give its refusals on', async () => {
    chat.answers = {
      ListConversations: new Problem('bad-cursor', 'no'),
      GetConversation: new Problem('conversation-not-found', 'no'),
      Cancel: new Problem('reply-finished', 'no'),
    };
    await gateway.call('get', '/v1/conversations?cursor=x', user).expect(400);
    await gateway.call('get', `/v1/conversations/${conversationId}`, user).expect(404);
    await gateway.call('get', '/v1/conversations/x', user).expect(404);
    await gateway.call('delete', `/v1/chat/stream/${messageId}`, user).expect(409);
  });

  it('answer 503 with Retry-After when the chat service is down', async () => {
    const alone = await testGateway({ CHAT_GRPC_URL: '127.0.0.1:1' });
    const calls = [
      alone.call('post', '/v1/chat', user).send(question),
      alone.call('post', '/v1/chat/stream', user).send(question),
      alone.call('get', '/v1/models', user),
    ];
    for (const answer of await Promise.all(calls)) {
      expect(answer.body).toMatchObject({ type: '/problems/dependency-unavailable', status: 503 });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.text).not.toContain('127.0.0.1');
    }
    await alone.close();
  });
});

describe('a chat service that hangs', () => {
  const answersAgain = async () => {
    Object.assign(chat, { hangs: false, answers: { ListModels: { items: [] } } });
    await eventually(async () => (await gateway.call('get', '/v1/models', user)).status === 200);
  };
  const asked = () => [
    gateway.call('get', '/v1/models', user),
    gateway.call('get', `/v1/conversations/${conversationId}`, user),
    gateway.call('get', `/v1/chat/stream/${messageId}`, user),
    gateway.call('post', '/v1/chat', user).send(question),
  ];

  it('is found out by its silence: 503 with Retry-After, long before a call would time out, until it answers again', async () => {
    chat.hangs = true;
    const whileItHangs = performance.now();
    for (const answer of await Promise.all(asked())) {
      expect(answer.body).toMatchObject({ type: '/problems/dependency-unavailable', status: 503 });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(performance.now() - whileItHangs).toBeLessThan(3000); // a question under way has five seconds, a call ten
    await eventually(() => chat.cancelled === 1); // of the reader: the question was not sent
    await answersAgain();
    chat.stream = sayAll;
    expect((await asked()[3]!.expect(200)).body).toEqual(whole);
  });

  it('has more time for a question that is under way, which is then not left there to be done', async () => {
    chat.stream = () => void (chat.hangs = true);
    const whileItHangs = performance.now();
    const { body } = await gateway.call('post', '/v1/chat', user).send(question).expect(503);
    expect(body.type).toBe('/problems/dependency-unavailable');
    expect(performance.now() - whileItHangs).toBeGreaterThan(4000);
    await eventually(() => chat.cancelled === 1);
    await answersAgain();
  });

  it.each([true, false])('is told from one that works on a long answer (knows pings: %s)', async (knowsPing) => {
    Object.assign(chat, { knowsPing, slowMs: 1500, answers: { ListModels: { items: [] } } });
    await gateway.call('get', '/v1/models', user).expect(200);
  });

  it('cuts off nobody who reads a reply that has begun', async () => {
    chat.stream = (call) => {
      tell(call, events.slice(0, 4));
      chat.hangs = true;
      setTimeout(() => {
        chat.hangs = false;
        tell(call, events, 4);
        call.end();
      }, 1500);
    };
    const reading = gateway.call('post', '/v1/chat/stream', user).send(question).expect(200);
    const [{ text }] = await Promise.all([
      reading,
      eventually(() => chat.hangs).then(() => gateway.call('get', '/v1/models', user).expect(503)),
    ]);
    expect(text).toBe(lines());
  });
});
