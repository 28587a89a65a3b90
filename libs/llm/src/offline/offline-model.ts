import { setImmediate } from 'node:timers/promises';
import type { SymbolMatch } from '@stocktool/contracts';
import { LanguageModel, type Part, type Prompt, type PromptMessage } from '../language-model';
import { answerFrom } from './answer';
import { planConfirmation } from './confirmation';
import { readConversation } from './follow-up';
import { planFor, unsupportedReply } from './plan';
import type { Question } from './question';
import type { SymbolDirectory } from './symbol-directory';
import { outcomesOf } from './tool-outcome';

const deltaLength = 24;
const charactersPerToken = 4;
const namesLookedUp = 3;

/**
 * Answers by rules: reads the question, asks tools, quotes what they say. It needs no key and no network, never invents a
 * figure, and says so when it does not understand. Stateless: the plan is read again from the prompt in each round.
 */
export class OfflineModel extends LanguageModel {
  readonly name = 'offline';
  readonly provider = 'offline';

  constructor(private readonly directory: SymbolDirectory) {
    super();
  }

  override async *stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<Part> {
    signal.throwIfAborted();
    const asked = prompt.messages.findLastIndex(({ role }) => role === 'user');
    const question = await this.read(prompt.messages.slice(0, asked + 1), prompt.today);
    signal.throwIfAborted();
    const outcomes = outcomesOf(prompt.messages.slice(asked + 1));
    if (outcomes.length > 0) {
      yield* speak(answerFrom(question, outcomes), prompt, signal);
      return;
    }
    const plan = planConfirmation(prompt.messages, asked) ?? planFor(question);
    if ('say' in plan) {
      yield* speak(plan.say, prompt, signal);
      return;
    }
    const missing = plan.calls.find(({ name }) => prompt.tools.every((tool) => tool.name !== name));
    if (missing) {
      yield* speak(unsupportedReply(question), prompt, signal);
      return;
    }
    let written = 0;
    for (const [index, { name, args }] of plan.calls.entries()) {
      const argumentsJson = JSON.stringify(args);
      written += argumentsJson.length;
      yield { type: 'tool-call', id: `${asked}-${index + 1}`, name, argumentsJson };
    }
    yield { type: 'finish', reason: 'tool-calls', usage: usageOf(prompt, written) };
  }

  private async read(messages: readonly PromptMessage[], today: string): Promise<Question> {
    const texts = messages.flatMap((message) => (message.role === 'user' ? [message.content] : []));
    const universe = await this.directory.universe();
    const question = readConversation(texts.length > 0 ? texts : [''], universe, today);
    if (question.unknownNames.length === 0) return question;
    const found = await this.lookUp(question.unknownNames, universe);
    return found.length === 0 ? question : readConversation(texts, [...universe, ...found], today);
  }

  /** Names that the source does not list may still be found by its search. */
  private async lookUp(names: readonly string[], universe: readonly SymbolMatch[]): Promise<SymbolMatch[]> {
    const lookups = names.slice(0, namesLookedUp).map(async (name) => {
      const [best] = await this.directory.search(name, 1);
      const exact = best?.name.toLowerCase().startsWith(name.toLowerCase()) === true;
      return exact && universe.every(({ symbol }) => symbol !== best.symbol) ? [{ ...best, name }] : [];
    });
    return (await Promise.all(lookups)).flat();
  }
}

/** An estimate: rules have no tokens, and a usage of none would hide that an answer has a size. */
function usageOf({ system, messages }: Prompt, writtenCharacters: number) {
  const read = messages.reduce(
    (sum, message) => sum + ('content' in message ? message.content : message.resultJson).length,
    system.length,
  );
  return {
    promptTokens: Math.ceil(read / charactersPerToken),
    completionTokens: Math.ceil(writtenCharacters / charactersPerToken),
  };
}

async function* speak(text: string, prompt: Prompt, signal: AbortSignal): AsyncGenerator<Part> {
  for (let start = 0; start < text.length; start += deltaLength) {
    signal.throwIfAborted();
    yield { type: 'text-delta', text: text.slice(start, start + deltaLength) };
    await setImmediate(); // lets other replies of the process move
  }
  yield { type: 'finish', reason: 'stop', usage: usageOf(prompt, text.length) };
}
