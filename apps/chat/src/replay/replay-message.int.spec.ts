import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { Logger } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { Problem, type ChatToolResult } from '@stocktool/contracts';
import { calls, says, ScriptedModel } from '@stocktool/llm/scripted';
import { createTable, FixedClock, localDynamo, ManualMetrics } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { ConversationTable } from '../conversation/conversation.table';
import { UserConversations } from '../conversation/user-conversations';
import { emptyDraft, ReplyLoop } from '../reply/reply-loop';
import { ToolRunner } from '../reply/run-tool';
import { Tool, type ToolContext } from '../tools/tool';
import { Toolbox } from '../tools/toolbox';
import { DataVersions } from './data-versions';
import { evidenceOf } from './evidence';
import { ReplayMessage } from './replay-message';

Logger.overrideLogger(false);
const clock = new FixedClock('2026-03-02T15:00:00.000Z');
const local = await createTable('conversations');
const client = localDynamo();
const dynamo = new Dynamo(client, clock);
const conversations = new ConversationTable(dynamo, clock, local.name);
afterAll(async () => {
  await local.drop();
  client.destroy();
});

type Quote = ChatToolResult<'get_stock_quote'>;
/** A vendor: its price of today moves, its prices of the past do not; LATE has a past that it corrects. */
class Quotes extends Tool<'get_stock_quote'> {
  readonly name = 'get_stock_quote';
  price = 130;
  day = '2026-03-02';
  failing = false;

  run({ symbol }: { symbol: string }, { asOf }: ToolContext): Promise<Quote> {
    if (this.failing) throw new Problem('market-data-unavailable', 'The vendor is away.');
    const past = asOf !== undefined && asOf <= '2026-03-02';
    const price = past && symbol !== 'LATE' ? 130 : this.price;
    const figures = { price, currency: 'USD', change: null, changePercent: null, previousClose: null };
    return Promise.resolve({ symbol, ...figures, asOf: `${past ? '2026-03-02' : this.day}T21:00:00.000Z`, source: 'vendor', stale: false, units: '' }); // prettier-ignore
  }

  summary = ({ symbol }: Quote) => symbol;
}

type Analysis = ChatToolResult<'analyze_portfolio'>;
class Analyses extends Tool<'analyze_portfolio'> {
  readonly name = 'analyze_portfolio';
  readonly begun: string[] = [];
  status: Analysis['status'] = 'succeeded';

  run(_: unknown, { began }: ToolContext): Promise<Analysis> {
    const analysisId = began === undefined ? randomUUID() : (JSON.parse(began) as Analysis).analysisId;
    if (began === undefined) this.begun.push(analysisId);
    return Promise.resolve({ analysisId, status: this.status, links: { self: 'self', report: 'report' }, units: '' });
  }

  summary = ({ status }: Analysis) => status;
}

type Own = ChatToolResult<'get_my_portfolios'>;
/** Tells another thing each time. */
class Mine extends Tool<'get_my_portfolios'> {
  readonly name = 'get_my_portfolios';
  private asked = 0;

  run(): Promise<Own> {
    return Promise.resolve({ portfolios: [], watchlists: [], notes: [`${this.asked++}`], units: '' });
  }

  summary = () => 'mine';
}

async function answered(...wanted: [string, object][]) {
  const [quotes, analyses] = [new Quotes(), new Analyses()];
  const toolbox = new Toolbox([quotes, analyses, new Mine()]);
  const [metrics, source] = [new ManualMetrics(), { name: 'live', mode: 'live' as const, version: 'then' }];
  const runner = new ToolRunner(toolbox, metrics, clock);
  const documents = { pages: 'pages', documents: 'documents' };
  const rows = [{ id: uuidv7(), revision: 1 }];
  const keeps = { all: () => ReadableStream.from(rows) as never };
  const versions = new DataVersions(source, { version: () => Promise.resolve('csv') }, { versions: () => Promise.resolve(documents) }, keeps, keeps); // prettier-ignore
  const [userId, conversationId, messageId] = [randomUUID(), uuidv7(), uuidv7()];
  const draft = emptyDraft();
  const model = new ScriptedModel([calls(...wanted), says('Done.')]);
  const request = { userId, messageId, message: 'How is AAPL?', history: [], model, today: '2026-03-02' };
  await new ReplyLoop(toolbox, runner, metrics, clock).run(request, draft, () => undefined, AbortSignal.timeout(5000));
  await conversations.begin(userId, conversationId, 'title', { messageId: uuidv7(), role: 'user', content: 'How?' });
  const { toolCalls, toolRecords, content } = draft;
  const evidence = evidenceOf(draft, await versions.of(userId, toolCalls));
  await conversations.append(userId, conversationId, { messageId, role: 'assistant', content, toolCalls, toolRecords, evidence }); // prettier-ignore
  source.version = 'now';
  const replay = new ReplayMessage(conversations, runner, toolbox, versions);
  return { rows, replay: (id = messageId, user = userId) => replay.run(user, id), userId, conversationId, messageId, quotes, analyses }; // prettier-ignore
}
const quote: [string, object] = ['get_stock_quote', { symbol: 'AAPL' }];

describe('an answer that is replayed', () => {
  it('has byte-equal results while the data is the same, with hashes of prompt, answer and results', async () => {
    const { replay } = await answered(quote);
    const found = await replay();
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(found).toMatchObject({ equal: true, promptSha256: sha256, contentSha256: sha256 });
    const [call] = found.toolCalls;
    expect(call).toMatchObject({ equal: true, recorded: { ok: true, sha256 }, replayed: { result: { price: 130 } } });
    expect(call!.replayed!.sha256).toBe(call!.recorded.sha256);
    expect(found.data).toEqual({
      then: [{ source: 'live', version: 'then', live: true }],
      now: [{ source: 'live', version: 'now', live: true }],
    });
  });

  it('is equal as of its own date where newer data has come since, and says as of when', async () => {
    const { replay, quotes } = await answered(quote);
    Object.assign(quotes, { price: 140, day: '2026-03-03' });
    expect((await replay()).toolCalls).toMatchObject([{ equal: true, asOf: '2026-03-02' }]);
  });

  it('says which part cannot be equal and why, where live data has moved on', async () => {
    const { replay, quotes } = await answered(['get_stock_quote', { symbol: 'LATE' }], quote);
    quotes.price = 140;
    const found = await replay();
    expect(found.equal).toBe(false);
    expect(found.toolCalls).toMatchObject([
      {
        equal: false,
        reason: { code: 'live-data-moved-on' },
        differences: [{ path: 'price', recorded: 130, replayed: 140 }],
      },
      { equal: true },
    ]);
    quotes.failing = true;
    const failed = (await replay()).toolCalls[1]!;
    expect(failed.reason).toMatchObject({ code: 'failed-now', detail: expect.stringContaining('The vendor is away.') });
    expect(failed).not.toHaveProperty('differences'); // an answer and a failure have no part in common
  });

  it('says that the portfolios of the user have changed, where they have', async () => {
    const { replay, rows } = await answered(['get_my_portfolios', {}]);
    rows[0]!.revision = 2;
    expect((await replay()).toolCalls).toMatchObject([
      { equal: false, reason: { code: 'data-changed', detail: expect.stringContaining('your portfolios') } },
    ]);
  });

  it('reads the analysis that it began, and begins none', async () => {
    const { replay, analyses } = await answered(['analyze_portfolio', { holdings: [{ symbol: 'AAPL', weight: 1 }] }]);
    expect(await replay()).toMatchObject({ equal: true });
    analyses.status = 'failed';
    expect((await replay()).toolCalls).toMatchObject([{ equal: false, reason: { code: 'analysis-went-on' } }]);
    expect(analyses.begun).toHaveLength(1);
  });

  it('compares failures and malformed arguments as they were too', async () => {
    const { replay } = await answered(['get_stock_quote', { symbol: 'not a symbol' }], ['no_such_tool', {}]);
    expect(await replay()).toMatchObject({ equal: true, toolCalls: [{ recorded: { ok: false } }, {}] });
  });

  it('is not there for another user, under another id, or once its conversation is deleted, expired or erased', async () => {
    const gone = { code: 'message-not-found' };
    const { replay, userId, conversationId, messageId } = await answered(quote);
    await expect(replay(messageId, randomUUID())).rejects.toMatchObject(gone);
    await expect(replay(uuidv7())).rejects.toMatchObject(gone);
    await conversations.delete(userId, conversationId);
    await expect(replay()).rejects.toMatchObject(gone);
    const other = await answered(quote);
    await new UserConversations(dynamo, local.name).erase(other.conversationId);
    await new UserConversations(dynamo, local.name).eraseAnswers(other.userId);
    await expect(other.replay()).rejects.toMatchObject(gone);
    const { Items } = await client.send(new ScanCommand({ TableName: local.name }));
    for (const id of [messageId, userId, other.messageId, other.userId]) expect(JSON.stringify(Items)).not.toContain(id); // prettier-ignore
    const late = await answered(quote);
    clock.advance(25 * 3_600_000);
    await expect(late.replay()).rejects.toMatchObject(gone);
  });

  it('can be replayed as long as its conversation goes on', async () => {
    const { replay, userId, conversationId } = await answered(quote);
    for (let day = 0; day < 4; day++) {
      clock.advance(20 * 3_600_000);
      await conversations.append(userId, conversationId, { messageId: uuidv7(), role: 'user', content: 'And?' });
      await conversations.keepMessages((await conversations.recent(userId, conversationId, 1)).header);
    }
    expect(await replay()).toMatchObject({ equal: true });
  });
});
