import { LanguageModel, type Part, type Prompt } from './language-model';

/** What the model does in one call: give these parts, or whatever the function makes of the prompt. */
export type ScriptedTurn = readonly Part[] | ((prompt: Prompt, signal: AbortSignal) => AsyncIterable<Part>);

const usage = { promptTokens: 10, completionTokens: 5 };

/** For tests: plays its turns in order and remembers the prompts it was given. A call beyond the script fails. */
export class ScriptedModel extends LanguageModel {
  readonly provider = 'scripted';
  readonly prompts: Prompt[] = [];

  constructor(
    private readonly turns: readonly ScriptedTurn[],
    readonly name = 'scripted',
  ) {
    super();
  }

  override async *stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<Part> {
    const turn = this.turns[this.prompts.length];
    this.prompts.push(prompt);
    if (!turn) throw new Error(`the script has no turn ${this.prompts.length}`);
    for await (const part of typeof turn === 'function' ? turn(prompt, signal) : turn) {
      signal.throwIfAborted();
      yield part;
    }
  }
}

/** A turn that answers in the given pieces of text. */
export const says = (...texts: string[]): Part[] => [
  ...texts.map((text): Part => ({ type: 'text-delta', text })),
  { type: 'finish', reason: 'stop', usage },
];

/** A turn that asks for tools: name and arguments of each, the latter as text when they are to be malformed. */
export const calls = (...wanted: [name: string, args: unknown][]): Part[] => [
  ...wanted.map(([name, args], i): Part => {
    const argumentsJson = typeof args === 'string' ? args : JSON.stringify(args);
    return { type: 'tool-call', id: `call-${i + 1}`, name, argumentsJson };
  }),
  { type: 'finish', reason: 'tool-calls', usage },
];
