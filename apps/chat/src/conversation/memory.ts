import type { PromptMessage, Tokenizer } from '@stocktool/llm';
import { LRUCache } from 'lru-cache';
import type { MessageRow } from './conversation-rows';
import { repairPairs } from './repair-pairs';

export const messagesRead = 30;
const budgetTokens = 8000;
/** What the budget may be by the estimate that stands in for the tokenizer, and by that of an attempt's cost. */
export const rememberedTokensAtMost = 16_000;
/** What roles and brackets take of each message. */
const perMessage = 8;
/** The share that may go to answers with what their tools said; the rest is kept for the thread of the talk. */
const wholeShare = 0.75;
const shortTurn = { question: 300, answer: 300 };
const messagesCounted = 5000;

/** A question and its answer; a question whose reply died has none. */
type Turn = readonly MessageRow[];
interface Form {
  readonly messages: readonly PromptMessage[];
  readonly tokens: number;
}

/**
 * What a model is told of a conversation: whole turns, the newest as they were, with what their tools said; before them turns without
 * that; before these the beginnings of question and answer. All within a budget of tokens, oldest first, never half a turn.
 */
export class ConversationMemory {
  /** A message does not change: counted once in this process. */
  private readonly counted = new LRUCache<string, { content: number; tools: number }>({ max: messagesCounted });

  constructor(
    private readonly tokenizer: Pick<Tokenizer, 'count'>,
    private readonly budget = budgetTokens,
  ) {}

  remembered(rows: readonly MessageRow[]): PromptMessage[] {
    const kept: Form[] = [];
    let [left, detail] = [this.budget, this.budget * wholeShare];
    let leastDetailed = 0;
    for (const turn of turnsOf(rows.slice(-messagesRead)).reverse()) {
      const forms = [this.whole(turn), this.withoutTools(turn), this.beginnings(turn)];
      // older ones are never told in more detail than newer ones
      const found = forms.findIndex(
        ({ tokens }, form) => form >= leastDetailed && tokens <= (form === 0 ? Math.min(left, detail) : left),
      );
      const form = forms[found];
      if (!form) break;
      leastDetailed = found;
      left -= form.tokens;
      detail -= form.tokens;
      kept.unshift(form);
    }
    return repairPairs(kept.flatMap(({ messages }) => messages));
  }

  /** Counts ahead of the next question, when nobody waits. */
  count(row: Pick<MessageRow, 'messageId' | 'content' | 'toolRecords'>): { content: number; tools: number } {
    const known = this.counted.get(row.messageId);
    if (known) return known;
    const tools = (row.toolRecords ?? []).map(
      ({ name, argumentsJson, resultJson }) => name + argumentsJson + resultJson,
    );
    const counted = {
      content: this.tokenizer.count(row.content),
      tools: tools.reduce((sum, text) => sum + this.tokenizer.count(text) + 2 * perMessage, 0),
    };
    this.counted.set(row.messageId, counted);
    return counted;
  }

  private whole(turn: Turn): Form {
    const tokens = turn.map((row) => this.count(row)).map(({ content, tools }) => content + tools + 2 * perMessage);
    return { messages: turn.flatMap(withTools), tokens: sum(tokens) };
  }

  private withoutTools(turn: Turn): Form {
    const tokens = turn.map((row) => this.count(row).content + perMessage);
    return { messages: turn.flatMap(({ role, content }) => spoken(role, content)), tokens: sum(tokens) };
  }

  private beginnings(turn: Turn): Form {
    const texts = turn.map(({ role, content }) => ({
      role,
      text: beginning(content, role === 'user' ? shortTurn.question : shortTurn.answer),
    }));
    const tokens = texts.map(({ text }) => this.tokenizer.count(text) + perMessage);
    return { messages: texts.flatMap(({ role, text }) => spoken(role, text)), tokens: sum(tokens) };
  }
}

/** A turn begins with each question; what stands before the first one read belongs to a question that was not. */
function turnsOf(rows: readonly MessageRow[]): Turn[] {
  const turns: MessageRow[][] = [];
  for (const row of rows) {
    if (row.role === 'user') turns.push([row]);
    else turns.at(-1)?.push(row);
  }
  return turns;
}

function withTools(row: MessageRow): PromptMessage[] {
  const records = row.toolRecords ?? [];
  if (row.role === 'user' || records.length === 0) return spoken(row.role, row.content);
  const toolCalls = records.map(({ id, name, argumentsJson }) => ({ id, name, argumentsJson }));
  const results = records.map(({ id, name, ok, resultJson }): PromptMessage => ({
    role: 'tool',
    toolCallId: id,
    name,
    ok,
    resultJson,
  }));
  return [{ role: 'assistant', content: '', toolCalls }, ...results, ...spoken('assistant', row.content)];
}

function spoken(role: 'user' | 'assistant', content: string): PromptMessage[] {
  if (role === 'user') return [{ role, content }];
  return content === '' ? [] : [{ role, content, toolCalls: [] }];
}

/** At most so many characters, cut at a blank, and said to be cut. */
function beginning(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  const blank = cut.lastIndexOf(' ');
  return `${cut.slice(0, blank > length / 2 ? blank : length)} …`;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
