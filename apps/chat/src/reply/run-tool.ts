import { Logger } from '@nestjs/common';
import { Clock, parseJson, Problem, problemDetails, type ChatToolFailure } from '@stocktool/contracts';
import type { ToolCall } from '@stocktool/llm';
import type { Metrics } from '@stocktool/observability';
import { z } from 'zod';
import type { ToolContext } from '../tools/tool';
import type { Toolbox } from '../tools/toolbox';

export interface ToolOutcome {
  readonly call: ToolCall;
  /** Checked, or as the model gave them when they did not pass. */
  readonly args: Record<string, unknown>;
  readonly ok: boolean;
  readonly result: unknown;
  readonly resultJson: string;
  readonly durationMs: number;
  readonly summary: string;
  /** To be asked of the user behind the answer. */
  readonly question?: string;
}

const longestResult = 64_000;
const AnyObject = z.record(z.string(), z.unknown());

/** Runs the tools a model asked for. A failure is a result too: the model reads what was wrong and can ask again. */
export class ToolRunner {
  private readonly logger = new Logger(ToolRunner.name);

  constructor(
    private readonly toolbox: Toolbox,
    private readonly metrics: Pick<Metrics, 'count' | 'time'>,
    private readonly clock: Clock,
    private readonly timeoutMs = 10_000,
  ) {}

  /** What the model asked for, as far as it is JSON. */
  argumentsOf(call: ToolCall): Record<string, unknown> {
    return readArguments(call.argumentsJson) ?? {};
  }

  /** Never rejects, except when the reply itself was stopped. */
  async run(call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
    const startedAt = this.clock.epochMs();
    const args = readArguments(call.argumentsJson);
    const attempt = this.attempt(call.name, args, context);
    const outcome = await attempt.catch((error: unknown) => {
      context.signal.throwIfAborted();
      this.metrics.count('ToolErrors', 1, { Tool: this.toolbox.has(call.name) ? call.name : 'unknown' });
      return this.failure(error, call.name);
    });
    const durationMs = this.clock.epochMs() - startedAt;
    if (this.toolbox.has(call.name)) this.metrics.time('ToolExecutionTime', durationMs, { Tool: call.name });
    return { call, args: args ?? {}, durationMs, resultJson: JSON.stringify(outcome.result), ...outcome };
  }

  /** A call that is not run: the model reads why. */
  refuse(call: ToolCall, problem: Problem): Promise<ToolOutcome> {
    this.metrics.count('ToolErrors', 1, { Tool: this.toolbox.has(call.name) ? call.name : 'unknown' });
    const outcome = this.failure(problem, call.name);
    return Promise.resolve({ call, args: {}, durationMs: 0, resultJson: JSON.stringify(outcome.result), ...outcome });
  }

  private async attempt(name: string, args: Record<string, unknown> | undefined, context: ToolContext) {
    if (args === undefined) throw new Problem('malformed-json', 'The arguments are not a JSON object.');
    const late = AbortSignal.timeout(this.timeoutMs);
    const signal = AbortSignal.any([context.signal, late]);
    const { result, summary, question } = await untilAborted(
      this.toolbox.run(name, args, { ...context, signal }),
      signal,
    );
    if (JSON.stringify(result).length > longestResult)
      throw new Problem('body-too-large', 'The result is too large: ask for less.');
    return { ok: true, result, summary, ...(question !== undefined && { question }) };
  }

  private failure(error: unknown, tool: string): { ok: false; result: ChatToolFailure; summary: string } {
    const { type, title, detail = '', errors = [] } = problemDetails(this.problemOf(error, tool));
    const faults = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
    const text = [detail, faults].filter(Boolean).join(' ');
    return {
      ok: false,
      result: { error: { code: type.replace('/problems/', ''), title, detail: text } },
      summary: title,
    };
  }

  private problemOf(error: unknown, tool: string): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return new Problem('dependency-unavailable', 'The tool took too long.', { cause: error });
    if (error instanceof z.ZodError) {
      const errors = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
      return new Problem('validation-failed', 'The arguments are not valid.', { errors });
    }
    this.logger.error({ err: error, tool }, 'a tool failed');
    return new Problem('internal-error', 'The tool failed; we have been told.');
  }
}

function readArguments(json: string): Record<string, unknown> | undefined {
  try {
    return parseJson(AnyObject, json.trim() === '' ? '{}' : json);
  } catch {
    return undefined; // answered as malformed-json where the tool is run
  }
}

/** The result of work, or the signal's reason as soon as it is aborted: work that ignores its signal cannot hold the reply. */
async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}
