import { ModelFailure } from '../chain/model-failure';
import type { Part, TokenUsage, ToolCall } from '../language-model';
import type { ChatChunk, ToolCallDelta } from './chat-chunk';

type FinishReason = Extract<Part, { type: 'finish' }>['reason'];

const mostToolCalls = 64;
const longestArguments = 100_000;

/**
 * Chunks of a chat completion to parts. Text goes on at once; tool calls are put together from their pieces and given whole
 * at the end, and not at all where the answer was cut off by its length or a filter. `estimate` stands in for a usage that
 * the server does not tell. Throws ModelFailure `cut` for a stream without an end.
 */
export async function* parseStream(
  chunks: AsyncIterable<ChatChunk>,
  estimate: (written: string) => TokenUsage,
): AsyncGenerator<Part, void, void> {
  const calls = new CallsInPieces();
  let [written, isRefusal] = ['', false];
  let finishReason: string | undefined;
  let usage: TokenUsage | undefined;
  for await (const { choices, usage: told } of chunks) {
    if (told) usage = { promptTokens: told.prompt_tokens, completionTokens: told.completion_tokens };
    const choice = choices[0];
    if (!choice) continue;
    const { content, refusal, tool_calls: pieces } = choice.delta ?? {};
    for (const text of [content, refusal]) {
      if (text === undefined || text === null || text === '') continue;
      written += text;
      yield { type: 'text-delta', text };
    }
    isRefusal ||= refusal !== undefined && refusal !== null && refusal !== '';
    for (const piece of pieces ?? []) calls.add(piece);
    finishReason ??= choice.finish_reason ?? undefined;
  }
  if (finishReason === undefined) throw new ModelFailure('cut', 'the stream has no end');
  const asked = calls.whole();
  const reason = reasonOf(finishReason, isRefusal, asked.length > 0);
  if (reason === 'tool-calls') for (const call of asked) yield { type: 'tool-call', ...call };
  yield { type: 'finish', reason, usage: usage ?? estimate(written + calls.text()) };
}

/** Some servers say `stop` after tool calls. A reason that is not published ends the answer like `stop`. */
function reasonOf(told: string, isRefusal: boolean, hasCalls: boolean): FinishReason {
  if (told === 'content_filter' || isRefusal) return 'content-filter';
  if (told === 'length') return 'length';
  return hasCalls ? 'tool-calls' : 'stop';
}

/** A call comes in pieces: id and name once, the arguments bit by bit, those of parallel calls in any order. */
class CallsInPieces {
  private readonly calls = new Map<number, { id: string; name: string; argumentsJson: string }>();

  add({ index, id, function: called }: ToolCallDelta): void {
    const place = index ?? this.placeOf(id);
    const call = this.calls.get(place) ?? { id: '', name: '', argumentsJson: '' };
    call.id ||= id ?? '';
    call.name ||= called?.name ?? '';
    call.argumentsJson += called?.arguments ?? '';
    this.calls.set(place, call);
    if (this.calls.size > mostToolCalls || call.argumentsJson.length > longestArguments)
      throw new ModelFailure('garbage', 'more tool calls than any answer has');
  }

  /** Without an index a new id begins a call, and none goes on with the last. */
  private placeOf(id: string | null | undefined): number {
    const known = [...this.calls.entries()].find(([, call]) => call.id === id);
    return known?.[0] ?? (id || this.calls.size === 0 ? this.calls.size : this.calls.size - 1);
  }

  whole(): ToolCall[] {
    return [...this.calls.entries()]
      .sort(([a], [b]) => a - b)
      .map(([place, { id, ...call }]) => ({ id: id === '' ? `call-${place + 1}` : id, ...call }));
  }

  text(): string {
    return [...this.calls.values()].map(({ name, argumentsJson }) => name + argumentsJson).join('');
  }
}
