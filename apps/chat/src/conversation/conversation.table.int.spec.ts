import { randomUUID } from 'node:crypto';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { createTable, FixedClock, localDynamo } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import type { NewMessage } from './conversation-rows';
import { ConversationTable } from './conversation.table';

const clock = new FixedClock('2026-03-02T15:00:00.000Z');
const hour = 3_600_000;
const local = await createTable('conversations');
const client = localDynamo();
const dynamo = new Dynamo(client, clock);
const table = new ConversationTable(dynamo, clock, local.name);
afterAll(async () => {
  await local.drop();
  client.destroy();
});

const message = (content: string, role: NewMessage['role'] = 'user'): NewMessage => ({
  messageId: uuidv7(),
  role,
  content,
});
async function conversation(userId = randomUUID()) {
  const id = uuidv7();
  await table.begin(userId, id, 'title', message('first'));
  return { userId, id };
}
const notFound = { code: 'conversation-not-found' };
const itemsOf = async (id: string) => {
  const values = { ':id': id };
  const { items } = await new Dynamo(client, new FixedClock('2000-01-01T00:00:00.000Z')).query({
    TableName: local.name,
    KeyConditionExpression: 'conversationId = :id',
    ExpressionAttributeValues: values,
  });
  return items;
};

describe('a conversation', () => {
  it('has its messages in the order of writing, also within one millisecond', async () => {
    const { userId, id } = await conversation();
    for (let i = 0; i < 10; i++) await table.append(userId, id, message(`${i}`));
    const { messages } = await table.get(userId, id);
    expect(messages.map(({ content }) => content)).toEqual(['first', ...'0123456789']);
    const { messages: recent } = await table.recent(userId, id, 3);
    expect(recent.map(({ content }) => content)).toEqual([...'789']);
  });

  it('has its messages in the order of writing, also by processes whose clocks differ', async () => {
    const { userId, id } = await conversation();
    const ahead = new FixedClock(new Date(clock.epochMs() + 9500).toISOString());
    const other = new ConversationTable(new Dynamo(client, ahead), ahead, local.name);
    await other.append(userId, id, message('by the clock that is ahead'));
    await table.append(userId, id, message('next'));
    await other.append(userId, id, message('last'));
    const { messages } = await table.get(userId, id);
    expect(messages.map(({ content }) => content)).toEqual(['first', 'by the clock that is ahead', 'next', 'last']);
    expect(new Set(messages.map(({ createdAt }) => createdAt)).size).toBe(4);
  });

  it('takes messages of two replies at the same time and loses none', async () => {
    const { userId, id } = await conversation();
    await Promise.all(Array.from({ length: 8 }, (_, i) => table.append(userId, id, message(`${i}`))));
    const { messages } = await table.get(userId, id);
    expect(messages.map(({ content }) => content).sort()).toEqual([...'01234567', 'first']);
  });

  it('is not there for another user', async () => {
    const { id } = await conversation();
    const other = randomUUID();
    await expect(table.get(other, id)).rejects.toMatchObject(notFound);
    await expect(table.recent(other, id, 5)).rejects.toMatchObject(notFound);
    await expect(table.append(other, id, message('x'))).rejects.toMatchObject(notFound);
    await expect(table.delete(other, id)).rejects.toMatchObject(notFound);
    expect((await table.list(other, { limit: 10 })).items).toEqual([]);
    expect(await itemsOf(id)).toHaveLength(2);
  });

  it('cannot be taken over by beginning it again', async () => {
    const { userId, id } = await conversation();
    await expect(table.begin(randomUUID(), id, 'mine', message('x'))).rejects.toMatchObject(notFound);
    expect((await table.get(userId, id)).title).toBe('title');
  });

  it('writes neither header nor message when one of them is refused', async () => {
    const { userId, id } = await conversation();
    const twice = message('twice');
    await table.append(userId, id, twice);
    const taken = new Date(clock.epochMs() + 2).toISOString();
    await dynamo.put({
      TableName: local.name,
      Item: { conversationId: id, timestamp: `${taken}#${twice.messageId}` },
    });
    const before = await itemsOf(id);
    await expect(table.append(userId, id, twice)).rejects.toMatchObject(notFound);
    expect(await itemsOf(id)).toEqual(before);
  });

  it('is gone 24 hours after its last message, though the store still has it', async () => {
    const { userId, id } = await conversation();
    clock.advance(23 * hour);
    await table.append(userId, id, message('later'));
    clock.advance(23 * hour);
    expect((await table.get(userId, id)).messages).toHaveLength(2);
    expect((await table.list(userId, { limit: 10 })).items).toHaveLength(1);
    clock.advance(hour + 1000);
    await expect(table.get(userId, id)).rejects.toMatchObject(notFound);
    await expect(table.append(userId, id, message('x'))).rejects.toMatchObject(notFound);
    expect((await table.list(userId, { limit: 10 })).items).toEqual([]);
    expect(await itemsOf(id)).toHaveLength(3);
  });

  it('keeps its first messages as long as it goes on', async () => {
    const { userId, id } = await conversation();
    for (let day = 0; day < 8; day++) {
      clock.advance(20 * hour);
      await table.append(userId, id, message(`day ${day}`));
      await table.keepMessages((await table.recent(userId, id, 1)).header);
    }
    expect((await table.get(userId, id)).messages).toHaveLength(9);
  });

  it('is listed newest first, in pages', async () => {
    const userId = randomUUID();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      clock.advance(1000);
      ids.unshift((await conversation(userId)).id);
    }
    const first = await table.list(userId, { limit: 3 });
    const second = await table.list(userId, { limit: 3, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    await expect(table.list(randomUUID(), { limit: 3, cursor: first.nextCursor! })).rejects.toMatchObject({
      code: 'bad-cursor',
    });
  });

  it('is deleted whole, and stays deleted for a reply that is still running', async () => {
    const { userId, id } = await conversation();
    for (let i = 0; i < 30; i++) await table.append(userId, id, message(`${i}`));
    await table.delete(userId, id);
    expect(await itemsOf(id)).toEqual([]);
    await expect(table.append(userId, id, message('late answer', 'assistant'))).rejects.toMatchObject(notFound);
    await expect(table.delete(userId, id)).rejects.toMatchObject(notFound);
  });
});
