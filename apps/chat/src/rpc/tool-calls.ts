import { randomUUID } from 'node:crypto';
import {
  chatTools,
  Problem,
  type CallToolAnswer,
  type CallToolCall,
  type ChatToolName,
  type ListToolsAnswer,
} from '@stocktool/contracts';
import { z } from 'zod';
import type { ToolRunner } from '../reply/run-tool';
import { traitsOf } from '../tools/tool-traits';
import type { Toolbox } from '../tools/toolbox';

type Listed = z.infer<typeof ListToolsAnswer>['tools'];

const mostOfOneUser = 4;
const mostAtOnce = 64;
/** Below the time that the caller waits. */
export const toolTimeoutMs = 8000;

/**
 * The assistant's tools without the assistant. What only a user can confirm, in the conversation that proposed it, is not among them: a
 * client here is a program that says what it likes.
 */
export class ToolCalls {
  private readonly running = new Map<string, number>();
  private total = 0;
  private listed: Listed | undefined;

  constructor(
    private readonly toolbox: Toolbox,
    private readonly runner: ToolRunner,
  ) {}

  list(): { tools: Listed } {
    this.listed ??= this.toolbox
      .definitions()
      .filter(({ name }) => isServed(name))
      .map(({ name, description, parameters }) => ({
        name,
        description,
        keeps: keeps(name),
        inputSchema: schemaOf(parameters, 'input'),
        outputSchema: schemaOf(chatTools[name as ChatToolName].result, 'output'),
      }));
    return { tools: this.listed };
  }

  /** A tool that could not answer is an answer too. Problem `not-found` for a tool that is not served here, `forbidden` for this caller. */
  async call(
    userId: string,
    { name, arguments: args, mayKeep }: z.infer<typeof CallToolCall>,
  ): Promise<z.infer<typeof CallToolAnswer>> {
    if (!this.toolbox.has(name) || !isServed(name)) throw new Problem('not-found', `There is no tool ${name}.`);
    if (keeps(name) && !mayKeep) throw new Problem('forbidden', 'This key does not have the scope `write`.');
    const own = this.running.get(userId) ?? 0;
    if (own >= mostOfOneUser || this.total >= mostAtOnce)
      throw new Problem('too-many-requests', `At most ${mostOfOneUser} tools run at once for one user.`, {
        retryAfterSeconds: 1,
      });
    this.running.set(userId, own + 1);
    this.total += 1;
    try {
      const call = { id: randomUUID(), name, argumentsJson: JSON.stringify(args) };
      const { ok, result } = await this.runner.run(call, { userId, signal: AbortSignal.timeout(2 * toolTimeoutMs) });
      return { ok, result: result as Record<string, unknown> };
    } finally {
      this.total -= 1;
      const left = (this.running.get(userId) ?? 1) - 1;
      if (left > 0) this.running.set(userId, left);
      else this.running.delete(userId);
    }
  }
}

/** Begins something that stays. */
const keeps = (name: string): boolean => traitsOf(name)?.repeated === 'reads';
/** Proposes nothing that only a user can confirm. */
const isServed = (name: string): boolean => name !== 'set_price_alert';

/** As clients check it: without the names and examples that our own documents have. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Listed[number]['inputSchema'] {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      delete jsonSchema.id;
      delete jsonSchema['example'];
    },
  });
  return { ...made, type: 'object' };
}
