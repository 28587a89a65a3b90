import { parseJson, Problem } from '@stocktool/contracts';
import type { PromptMessage, ToolCall } from '@stocktool/llm';
import { z } from 'zod';
import { LeakGate } from '../outgoing/leak-gate';
import { Authority } from './authority';
import { ownWords } from './own-words';

/** Why a call is not run; undefined where it may be. */
export type Refusals = (call: ToolCall, args: Record<string, unknown>) => Problem | undefined;

/** A name is shown to people: one that no tool can have is not. */
export const callName = ({ name }: ToolCall): string => (/^[\w-]{1,64}$/.test(name) ? name : 'unknown');

/** What the arguments of a call say is shown too, and may go elsewhere. */
export const refusalsBy =
  (authority: Authority, system: string): Refusals =>
  ({ name, argumentsJson }, args) => {
    const leak = new LeakGate(system);
    leak.push(argumentsJson);
    if (leak.leaked) return new Problem('forbidden', 'Not run: the arguments repeat the instructions.');
    return authority.refusalOf(name, args);
  };

interface Told {
  readonly message: string;
  readonly history: readonly PromptMessage[];
  readonly readOthers?: boolean;
}

export function authorityOf(
  { message, history, readOthers = false }: Told,
  names: ReadonlyMap<string, string>,
): Authority {
  const told = [...history.flatMap((one) => (one.role === 'user' ? [one.content] : [])), message].map(ownWords);
  const userTexts = told.map(({ text }) => text);
  const authority = new Authority({ userTexts, names, readOthers: readOthers || told.some(({ quotes }) => quotes) });
  for (const one of history) {
    if (one.role === 'tool') authority.heard(one.name, {}, parseJson(z.unknown(), one.resultJson));
  }
  return authority;
}
