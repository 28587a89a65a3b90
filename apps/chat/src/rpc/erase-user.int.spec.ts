import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { systemClock } from '@stocktool/contracts';
import { createTable, FixedClock, localDynamo } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { BudgetTable } from '../budget/budget.table';
import { ConversationTable } from '../conversation/conversation.table';
import { UserConversations } from '../conversation/user-conversations';
import { StreamHub } from '../stream/stream-hub';
import { StreamTable } from '../stream/stream.table';
import { UserStreams } from '../stream/user-streams';
import { EraseUser } from './erase-user';

const [conversations, idempotency] = [await createTable('conversations'), await createTable('idempotency')];
const client = localDynamo();
const dynamo = new Dynamo(client);
const newHub = () => new StreamHub(new StreamTable(dynamo, systemClock, idempotency.name), systemClock);
const hub = newHub();
const budget = new BudgetTable(dynamo, systemClock, { tokens: 1000, microUsd: 1000 }, idempotency.name);
const eraser = new EraseUser(
  newHub(), // of another process than the one that runs the replies
  new UserStreams(dynamo, systemClock, idempotency.name),
  new UserConversations(dynamo, conversations.name),
  budget,
  systemClock,
);
afterAll(async () => {
  await hub.onModuleDestroy();
  for (const table of [conversations, idempotency]) await table.drop();
  client.destroy();
});

const message = (content: string) => ({ messageId: uuidv7(), role: 'user' as const, content });
async function talk(userId: string, messages: number, clock = systemClock): Promise<string> {
  const table = new ConversationTable(dynamo, clock, conversations.name);
  const conversationId = uuidv7();
  await table.begin(userId, conversationId, 'a talk', message('first'));
  for (let count = 1; count < messages; count++)
    await table.append(userId, conversationId, { ...message(`${count}`), role: count % 2 ? 'assistant' : 'user' });
  return conversationId;
}
/** Runs until it is stopped. */
function reply(userId: string): string {
  const messageId = uuidv7();
  hub.start(userId, messageId, async (stream, signal) => {
    stream.publish({ event: 'delta', data: { text: 'begun' } });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    stream.publish({ event: 'delta', data: { text: 'stopped' } });
  });
  return messageId;
}
async function rows(): Promise<string> {
  const all = [];
  for (const { name: TableName } of [conversations, idempotency])
    all.push(...((await client.send(new ScanCommand({ TableName }))).Items ?? []));
  return JSON.stringify(all);
}

describe('erasing a user', () => {
  it('stops running replies and deletes conversations and events, expired ones too, and nobody else’s', async () => {
    const [userId, other] = [randomUUID(), randomUUID()];
    const gone = [await talk(userId, 3), await talk(userId, 1, new FixedClock('2020-01-01T00:00:00Z')), reply(userId)];
    const kept = [await talk(other, 2), reply(other)];
    await budget.hold(userId, 'one', { tokens: 5, microUsd: 5 });
    await hub.cancel(userId, reply(userId));

    expect(await eraser.run(userId)).toEqual({ done: true });
    const left = await rows();
    for (const id of [userId, ...gone]) expect(left).not.toContain(id);
    for (const id of [other, ...kept]) expect(left).toContain(id);
    expect(hub.size).toBe(1);
    expect(await eraser.run(userId)).toEqual({ done: true });
  });

  it('says that it is not done when there is more than one call has time for', async () => {
    const userId = randomUUID();
    for (let count = 0; count < 3; count++) await talk(userId, 1);
    const clock = new FixedClock('2026-01-01T00:00:00Z');
    const hurried = new (class extends UserConversations {
      override async erase(conversationId: string): Promise<void> {
        await super.erase(conversationId);
        clock.advance(4000);
      }
    })(dynamo, conversations.name);
    const slow = new EraseUser(hub, new UserStreams(dynamo, clock, idempotency.name), hurried, budget, clock);
    expect(await slow.run(userId)).toEqual({ done: false });
    expect(await rows()).toContain(userId);
    expect(await slow.run(userId)).toEqual({ done: true });
    expect(await rows()).not.toContain(userId);
  });
});
