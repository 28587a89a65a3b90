import {
  parseJson,
  Problem,
  type ChatReplay,
  type DataVersion,
  type ReplayedCall,
  type ToolCallReport,
} from '@stocktool/contracts';
import { z } from 'zod';
import type { MessageRow, ToolRecord } from '../conversation/conversation-rows';
import type { ConversationTable } from '../conversation/conversation.table';
import type { ToolOutcome, ToolRunner } from '../reply/run-tool';
import { traitsOf } from '../tools/tool-traits';
import type { Toolbox } from '../tools/toolbox';
import type { DataVersions } from './data-versions';
import { differencesOf } from './differences';
import { sha256Of, type Evidence } from './evidence';
import { whyNotEqual } from './why-not-equal';

const atOnce = 4;
/** Below the time that a caller waits. */
const longestMs = 8000;

interface Kept {
  readonly userId: string;
  readonly createdAt: string;
  readonly evidence: Evidence;
  readonly records: ReadonlyMap<string, ToolRecord>;
  readonly now: readonly DataVersion[];
  readonly signal: AbortSignal;
}

/**
 * Makes the tool calls of an answer again, as of the date and with the arguments of then, and compares the bytes. What a call began is
 * read, not begun again, and what a call changed is not changed again. Of a live source only what it says of the past can be equal.
 */
export class ReplayMessage {
  constructor(
    private readonly conversations: ConversationTable,
    private readonly runner: ToolRunner,
    private readonly toolbox: Toolbox,
    private readonly versions: DataVersions,
  ) {}

  /** Problem `message-not-found` for what is no answer of this user, or is past its time. */
  async run(userId: string, messageId: string): Promise<ChatReplay> {
    const { conversationId, row } = await this.conversations.answer(userId, messageId);
    const { evidence, createdAt, toolCalls: calls = [] } = row;
    if (!evidence) throw new Problem('message-not-found', `There is no answer ${messageId} that can be replayed.`);
    const now = await this.versions.of(userId, calls);
    const records = new Map((row.toolRecords ?? []).map((record) => [record.id, record]));
    const kept: Kept = { userId, createdAt, evidence, records, now, signal: AbortSignal.timeout(longestMs) };
    const toolCalls: ReplayedCall[] = [];
    for (let start = 0; start < calls.length; start += atOnce)
      toolCalls.push(...(await Promise.all(calls.slice(start, start + atOnce).map((call) => this.again(call, kept)))));
    return { ...head(conversationId, row, evidence), data: { then: evidence.data, now: [...now] }, equal: toolCalls.every(({ equal }) => equal), toolCalls }; // prettier-ignore
  }

  private async again(call: ToolCallReport, kept: Kept): Promise<ReplayedCall> {
    const { id, name, arguments: args, ok } = call;
    const sha256 = kept.evidence.results[id] ?? '';
    const report = { id, name, arguments: args, recorded: { ok, sha256 } };
    const unmade = (code: 'not-offered' | 'not-repeated' | 'not-in-time', detail: string): ReplayedCall => ({
      ...report,
      equal: false,
      reason: { code, detail },
    });
    const record = kept.records.get(id);
    if (record && wasRefused(record)) {
      const replayed = { ok, sha256, result: parseJson(z.unknown(), record.resultJson) };
      return { ...report, equal: true, replayed }; // by our own rules, before any tool was asked
    }
    const kind = traitsOf(name)?.repeated ?? 'runs';
    if (!this.toolbox.has(name) && ok) return unmade('not-offered', `The tool ${name} is not offered any more.`);
    if (kind === 'never' || kind === 'costs' || (kind === 'reads' && !(ok && record)))
      return unmade('not-repeated', 'The call begins, changes or costs something, so it is not made again.');
    try {
      return { ...report, ...(await this.compared(call, sha256, kept)) };
    } catch (error) {
      if (!kept.signal.aborted) throw error;
      return unmade('not-in-time', 'There was no time left for this call. Ask again.');
    }
  }

  private async compared(call: ToolCallReport, sha256: string, kept: Kept) {
    const { evidence, records, createdAt, now } = kept;
    const record = records.get(call.id);
    const told = record && parseJson(z.unknown(), record.resultJson);
    const first = await this.make(call, kept, evidence.asOf);
    const until = evidence.asOf === undefined ? lastDateOf(told) : undefined;
    const isMade = sha256Of(first.resultJson) === sha256;
    // newer data may have come since: as of the last date that was known then, it may be the same
    const dated = isMade || until === undefined ? undefined : await this.make(call, kept, until);
    const isDated = dated !== undefined && sha256Of(dated.resultJson) === sha256;
    const made = isDated ? dated : first;
    const replayed = { ok: made.ok, sha256: sha256Of(made.resultJson), result: made.result };
    if (isMade || isDated) return { equal: true, replayed, ...(isDated && { asOf: until! }) };
    const reason = whyNotEqual({ call, recordedOk: call.ok, replayed: made, createdAt, then: evidence.data, now });
    return {
      equal: false,
      replayed,
      reason,
      ...(record && made.ok === call.ok && { differences: differencesOf(told, made.result) }),
    };
  }

  private make({ id, name, arguments: args }: ToolCallReport, kept: Kept, asOf?: string): Promise<ToolOutcome> {
    const record = kept.records.get(id);
    const argumentsJson = record?.argumentsJson ?? JSON.stringify(args);
    const began = record && traitsOf(name)?.repeated === 'reads' ? { began: record.resultJson } : {};
    const context = { userId: kept.userId, signal: kept.signal, ...(asOf !== undefined && { asOf }), ...began };
    return this.runner.run({ id, name, argumentsJson }, context);
  }
}

const Refused = z.object({ error: z.object({ code: z.literal('forbidden') }) });
const wasRefused = ({ ok, resultJson }: ToolRecord): boolean =>
  !ok && Refused.safeParse(parseJson(z.unknown(), resultJson)).success;

const head = (conversationId: string, { messageId, createdAt, usage }: MessageRow, evidence: Evidence) => ({
  messageId,
  conversationId,
  createdAt,
  ...(usage && { model: usage.model }),
  ...(evidence.promptSha256 !== undefined && { promptSha256: evidence.promptSha256 }),
  contentSha256: evidence.contentSha256,
  ...(evidence.asOf !== undefined && { asOf: evidence.asOf }),
});

const Dated = z.looseObject({
  asOf: z.string().optional(),
  window: z.object({ to: z.string() }).optional(),
  sources: z.array(z.object({ asOf: z.string() })).optional(),
});

/** The last date of the data that a result speaks of. */
function lastDateOf(result: unknown): string | undefined {
  const { data } = Dated.safeParse(result);
  const dates = [data?.asOf, data?.window?.to, ...(data?.sources ?? []).map(({ asOf }) => asOf)];
  return dates.filter((date) => date !== undefined).map((date) => date.slice(0, 10)).sort().at(-1); // prettier-ignore
}
