import {
  Clock,
  parseJson,
  Problem,
  type ChatEvent,
  type Citation,
  type FinishReason,
  type Grounding,
  type PriceAlertProposal,
  type ToolCallReport,
} from '@stocktool/contracts';
import {
  promptTokensAtMost,
  type LanguageModel,
  type Payer,
  type Prompt,
  type PromptMessage,
  type ToolCall,
} from '@stocktool/llm';
import type { Metrics } from '@stocktool/observability';
import { z } from 'zod';
import type { ToolRecord } from '../conversation/conversation-rows';
import { authorityOf, callName, refusalsBy, type Refusals } from '../authority/calls';
import { Facts } from '../grounding/facts';
import type { Released } from '../grounding/number-gate';
import { AnswerGate } from '../outgoing/answer-gate';
import { KnownLinks } from '../outgoing/known-links';
import { sha256Of } from '../replay/evidence';
import type { ToolContext } from '../tools/tool';
import type { Toolbox } from '../tools/toolbox';
import { citationsFor } from './citations';
import { type ToolOutcome, ToolRunner } from './run-tool';
import { systemPrompt } from './system-prompt';
import { TextInTurns } from './text-in-turns';
import { untilStopped } from './until-stopped';

const maxRounds = 6;
const callsPerRound = 16;
const longestContent = 60_000;
/** Of one message, so that its item stays far below the limit of the table. */
const recordedCharacters = 100_000;

export interface ReplyRequest {
  readonly userId: string;
  readonly messageId: string;
  readonly message: string;
  readonly history: readonly PromptMessage[];
  readonly model: LanguageModel;
  /** Absent: nobody counts what it costs. */
  readonly payer?: Payer;
  readonly today: string;
  readonly asOf?: string;
  /** What the message says yes to. */
  readonly confirmed?: readonly PriceAlertProposal[];
  /** A text of others was read earlier in the conversation. */
  readonly readOthers?: boolean;
}

/** What there is of an answer so far; whole when `finishReason` is set. */
export interface Draft {
  content: string;
  readonly toolCalls: ToolCallReport[];
  readonly toolRecords: ToolRecord[];
  readonly citations: Citation[];
  readonly grounding: Grounding[];
  /** What the model was told last. */
  prompt: Prompt | undefined;
  /** Of every tool result, by the id of its call. */
  readonly resultHashes: Record<string, string>;
  readonly tokens: { prompt: number; completion: number };
  /** Who answered last, where it was not the model that was asked for. */
  answeredBy: string | undefined;
  /** A text that neither we nor the user wrote has been read, here or before. */
  readOthers: boolean;
  /** The offline model stood in. */
  degraded: boolean;
  finishReason: FinishReason | undefined;
}

export const emptyDraft = (): Draft => ({
  content: '',
  toolCalls: [],
  toolRecords: [],
  citations: [],
  grounding: [],
  prompt: undefined,
  resultHashes: {},
  tokens: { prompt: 0, completion: 0 },
  answeredBy: undefined,
  readOthers: false,
  degraded: false,
  finishReason: undefined,
});

type Emit = (event: ChatEvent) => void;

/** Prompt → model → tools → model … → answer, in at most six rounds; in the last one no tools are offered. */
export class ReplyLoop {
  constructor(
    private readonly toolbox: Toolbox,
    private readonly runner: ToolRunner,
    private readonly metrics: Pick<Metrics, 'count' | 'time'>,
    private readonly clock: Clock,
    /** What symbols are called; resolves to nothing where no catalogue lists them. */
    private readonly names: Promise<ReadonlyMap<string, string>> = Promise.resolve(new Map()),
  ) {}

  /** Of the first question to a model, apart from what is remembered of the conversation. */
  openingTokens(message: string, today: string): number {
    const messages = [{ role: 'user', content: message } as const];
    return promptTokensAtMost({ system: systemPrompt(today), messages, tools: this.toolbox.definitions(), today });
  }

  /** Fills the draft as it goes, so that whoever stops the reply has what there was. Throws the model's problem. */
  async run(request: ReplyRequest, draft: Draft, emit: Emit, signal: AbortSignal): Promise<void> {
    const names = await this.names;
    const facts = knownFacts(request, names);
    const links = new KnownLinks();
    const authority = authorityOf(request, names);
    for (const one of request.history) if (one.role === 'tool') links.add(parseJson(z.unknown(), one.resultJson));
    const gate = new AnswerGate(facts, links, systemPrompt(request.today));
    const show = ({ text, grounding }: Released) => {
      if (text === '') return;
      draft.content += text;
      emit({ event: 'delta', data: { text } });
      for (const row of grounding) {
        if (!row.ok) this.metrics.count('UngroundedNumbers', 1, { Model: draft.answeredBy ?? request.model.name });
        draft.grounding.push(row);
        emit({ event: 'grounding', data: row });
      }
    };
    const messages: PromptMessage[] = [...request.history, { role: 'user', content: request.message }];
    const context = {
      userId: request.userId,
      signal,
      ...(request.asOf !== undefined && { asOf: request.asOf }),
      ...(request.confirmed && { confirmed: request.confirmed }),
    };
    const questions: string[] = [];
    try {
      for (let round = 1; round <= maxRounds; round++) {
        const tools = round < maxRounds ? this.toolbox.definitions() : [];
        const prompt: Prompt = {
          system: systemPrompt(request.today),
          messages: [...messages],
          tools,
          today: request.today,
          ...(request.payer && { payer: request.payer }),
        };
        draft.prompt = prompt;
        const onText = (text: string) => {
          show(gate.push(text));
          return gate.leaked;
        };
        const turn = await this.askModel(request.model, prompt, draft, onText, signal);
        show(gate.flush());
        if (gate.leaked) {
          draft.finishReason = 'content-filter';
          return;
        }
        if (turn.calls.length === 0 || round === maxRounds) {
          for (const question of questions) show(gate.push(`${draft.content === '' ? '' : '\n\n'}${question}`));
          show(gate.flush());
          draft.finishReason = turn.calls.length > 0 ? 'length' : turn.reason;
          this.cite(draft, emit);
          return;
        }
        const calls = turn.calls.map((call, i) => ({
          ...call,
          name: callName(call),
          id: `${request.messageId.slice(-8)}-${round}-${i + 1}`,
        }));
        messages.push({ role: 'assistant', content: turn.text, toolCalls: calls });
        const refusalOf = refusalsBy(authority, prompt.system);
        const outcomes = await this.runTools(calls, context, refusalOf, draft, emit);
        for (const { call, args, result, resultJson, ok, question } of outcomes) {
          if (question !== undefined) questions.push(question);
          facts.addToolResult(call.id, result);
          links.add(result);
          authority.heard(call.name, args, result);
          messages.push({ role: 'tool', toolCallId: call.id, name: call.name, ok, resultJson });
        }
      }
    } finally {
      draft.readOthers = authority.hasReadOthers;
      show(gate.flush());
    }
  }

  private async askModel(
    model: LanguageModel,
    prompt: Prompt,
    draft: Draft,
    /** True where nothing more is to be heard. */
    onText: (text: string) => boolean,
    signal: AbortSignal,
  ) {
    const startedAt = this.clock.epochMs();
    const calls: ToolCall[] = [];
    let [text, reason] = ['', undefined as FinishReason | undefined];
    const pieces = new TextInTurns(onText);
    try {
      for await (const part of untilStopped(model, prompt, signal)) {
        if (part.type !== 'text-delta') pieces.flush();
        if (part.type === 'model-chosen') {
          draft.answeredBy = part.model;
          draft.degraded ||= part.degraded;
        } else if (part.type === 'text-delta') {
          text += part.text;
          pieces.add(part.text);
          if (pieces.areEnough) {
            reason = 'content-filter';
            break;
          }
          if (draft.content.length > longestContent) {
            reason = 'length';
            break;
          }
        } else if (part.type === 'tool-call') calls.push(part);
        else {
          reason = part.reason === 'tool-calls' ? 'stop' : part.reason;
          draft.tokens.prompt += part.usage.promptTokens;
          draft.tokens.completion += part.usage.completionTokens;
          const Model = draft.answeredBy ?? model.name;
          this.metrics.count('ModelTokens', part.usage.promptTokens, { Model, Kind: 'prompt' });
          this.metrics.count('ModelTokens', part.usage.completionTokens, { Model, Kind: 'completion' });
        }
      }
    } finally {
      pieces.flush();
    }
    this.metrics.time('ModelLatency', this.clock.epochMs() - startedAt, { Model: draft.answeredBy ?? model.name });
    if (reason === undefined)
      throw new Problem('dependency-unavailable', 'The model broke off in the middle of its answer.');
    return { text, calls: reason === 'length' ? [] : calls, reason };
  }

  private async runTools(
    calls: readonly ToolCall[],
    context: ToolContext,
    refusalOf: Refusals,
    draft: Draft,
    emit: Emit,
  ): Promise<ToolOutcome[]> {
    const accepted = calls.slice(0, callsPerRound);
    return Promise.all(
      accepted.map(async (call) => {
        const wanted = this.runner.argumentsOf(call);
        const refusal = refusalOf(call, wanted);
        const running = refusal ? this.runner.refuse(call, refusal) : this.runner.run(call, context);
        emit({ event: 'tool_call', data: { id: call.id, name: call.name, arguments: refusal ? {} : wanted } });
        const outcome = await running;
        const { args, ok, durationMs, summary, resultJson } = outcome;
        const { id, name, argumentsJson } = call;
        draft.toolCalls.push({ id, name, arguments: args, ok, durationMs });
        draft.resultHashes[id] = sha256Of(resultJson);
        const recorded = draft.toolRecords.reduce((sum, record) => sum + record.resultJson.length, 0);
        if (recorded + resultJson.length <= recordedCharacters)
          draft.toolRecords.push({ id, name, argumentsJson, ok, resultJson });
        emit({ event: 'tool_result', data: { id, name, ok, durationMs, summary } });
        return outcome;
      }),
    );
  }

  private cite(draft: Draft, emit: Emit): void {
    for (const citation of citationsFor(draft.content, draft.toolRecords)) {
      draft.citations.push(citation);
      emit({ event: 'citation', data: citation });
    }
  }
}

function knownFacts({ history, message }: ReplyRequest, names: ReadonlyMap<string, string>): Facts {
  const facts = new Facts(names);
  facts.addUserText(message);
  for (const one of history) {
    if (one.role === 'user') facts.addUserText(one.content);
    if (one.role === 'tool') facts.addToolJson(one.toolCallId, one.resultJson);
  }
  return facts;
}
