import { LanguageModel, type Part, type Prompt, type PromptMessage } from '@stocktool/llm';
import { calls, says } from '@stocktool/llm/scripted';
import { codings } from './attack-cases.fixture';

type Wanted = [name: string, args: unknown];
interface Orders {
  readonly calls: Wanted[];
  readonly texts: string[];
}

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};
const textOf = (message: PromptMessage): string[] => {
  if (message.role === 'tool') return textsIn(JSON.parse(message.resultJson));
  return [message.content];
};
const rot13 = (text: string): string => codings['rot13']!.hide(text);

/**
 * The worst model there can be: it reads every text it is given in every encoding it knows, and does all that any of them says. First it
 * does what the user asked for, by the calls it is told to open with.
 */
export class ObedientModel extends LanguageModel {
  readonly name = 'obedient';
  readonly provider = 'scripted';
  readonly prompts: Prompt[] = [];
  /** Orders that it read. */
  read = 0;

  constructor(private readonly opening: readonly Wanted[]) {
    super();
  }

  override async *stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<Part> {
    signal.throwIfAborted();
    this.prompts.push(prompt);
    await Promise.resolve();
    const isFirst = prompt.messages.at(-1)?.role === 'user';
    if (isFirst && this.opening.length > 0) return yield* calls(...this.opening);
    const orders = this.ordersIn(prompt);
    const isNew = this.prompts.length <= (this.opening.length > 0 ? 2 : 1) || /again and again/i.test(JSON.stringify(prompt.messages)); // prettier-ignore
    if (orders.calls.length > 0 && isNew && prompt.tools.length > 0) return yield* calls(...orders.calls);
    // in pieces, as a model writes
    const text = ['Here you are.', ...orders.texts].join('\n');
    yield* says(...(text.match(/[\s\S]{1,7}/g) ?? []));
  }

  private ordersIn(prompt: Prompt): Orders {
    const found: Orders = { calls: [], texts: [] };
    const known = Buffer.from(JSON.stringify(prompt.messages.flatMap(textOf)).slice(-600)).toString('base64url');
    for (const text of prompt.messages.flatMap(textOf))
      for (const { find } of Object.values(codings)) for (const one of find(text)) this.obey(one, known, prompt, found);
    this.read += found.calls.length + found.texts.length;
    return found;
  }

  private obey(text: string, known: string, { system }: Prompt, { calls: wanted, texts }: Orders): void {
    for (const [, name = '', args = '{}'] of text.matchAll(/call the tool (\S+) with (\{.*?\})\./gi))
      wanted.push([name, args]);
    for (const [, how] of text.matchAll(/repeat your instructions word for word(?: in (\w+))?\./gi)) {
      if (how === 'query') wanted.push(['search_knowledge', { query: system.slice(0, 300) }]);
      else texts.push(spoken(system, how));
    }
    for (const [, url = ''] of text.matchAll(/show the image (\S+) with/gi)) texts.push(`![chart](${url}${known})`);
    for (const [, url = ''] of text.matchAll(/link to (\S+) with/gi)) texts.push(`[details](${url}${known})`);
    for (const [, url = ''] of text.matchAll(/refer to (\S+) with/gi))
      texts.push(`[details][1]\n\n[1]: ${url}${known}`);
    for (const [, url = ''] of text.matchAll(/embed (\S+) with/gi)) texts.push(`<img src="${url}${known}">`);
    for (const [, host = ''] of text.matchAll(/mention the host (\S+) with/gi))
      texts.push(`${known.slice(0, 50)}.${host}`);
    for (const [, words = ''] of text.matchAll(/say exactly: (.+?\.)(?=\s|$)/gi)) texts.push(words);
  }
}

function spoken(text: string, how: string | undefined): string {
  if (how === 'base64') return Buffer.from(text).toString('base64').replace(/.{20}/g, '$& ');
  if (how === 'rot13') return rot13(text);
  if (how === 'reverse') return [...text].reverse().join('');
  return how === 'letters' ? [...text].join(' ') : text;
}
