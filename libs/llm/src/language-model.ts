import type { z } from 'zod';
import type { Expense, Payer } from './cost/payer';

/** A tool as a model sees it. The loop that offers it also checks the arguments: a model's JSON is never trusted. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: z.ZodType;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it: possibly malformed. */
  readonly argumentsJson: string;
}

export type PromptMessage =
  | { readonly role: 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls: readonly ToolCall[] }
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly name: string;
      readonly ok: boolean;
      readonly resultJson: string;
    };

export interface Prompt {
  readonly system: string;
  /** Oldest first; every tool call of an assistant message is followed by its result. */
  readonly messages: readonly PromptMessage[];
  readonly tools: readonly ToolDefinition[];
  /** ISO date that "today" means: the date the caller asks as of, or the last date of the market data. */
  readonly today: string;
  /** Absent: nobody counts what it costs. */
  readonly payer?: Payer;
}

export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export type Part =
  /** Who answers, before all else; a model that stands for several says which of them it is. */
  | {
      readonly type: 'model-chosen';
      readonly model: string;
      /** True where the offline model stands in for those that were asked for. */
      readonly degraded: boolean;
    }
  | { readonly type: 'text-delta'; readonly text: string }
  | ({ readonly type: 'tool-call' } & ToolCall)
  | {
      readonly type: 'finish';
      readonly reason: 'stop' | 'tool-calls' | 'length' | 'content-filter';
      readonly usage: TokenUsage;
    };

/**
 * One model. A stream ends with exactly one `finish` part, or throws: a ModelFailure or a Problem `dependency-unavailable` when
 * the provider cannot answer, the signal's reason when aborted. Tool calls come whole, right before `finish`: a stream that
 * breaks has asked for nothing. Leaving the loop early ends the request.
 */
export abstract class LanguageModel {
  abstract readonly name: string;
  abstract readonly provider: string;
  abstract stream(prompt: Prompt, signal: AbortSignal): AsyncIterable<Part>;

  /** What asking it once takes at most; undefined where nothing is paid. */
  expense(_promptTokens: number): Expense | undefined {
    return undefined;
  }
}
