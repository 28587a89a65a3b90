import type { Clock } from '@stocktool/contracts';
import type { OpenAI } from 'openai';
import { patiently, type PatienceSettings } from '../chain/patience';
import { LanguageModel, type Part, type Prompt, type TokenUsage } from '../language-model';
import { readChunk, saysSomething, type ChatChunk } from './chat-chunk';
import { convertPrompt, type RequestSettings } from './convert-prompt';
import { failureOf, isFilteredPrompt } from './openai-failure';
import { parseStream } from './parse-stream';

/** Where and as whom a provider is asked. */
export type Access =
  | { readonly provider: 'openai' | 'compatible'; readonly baseUrl: string; readonly apiKey: string }
  | { readonly provider: 'azure'; readonly endpoint: string; readonly apiKey: string; readonly apiVersion: string };

export interface OpenAiSettings {
  /** The name that users see; `request.model` is the provider's. */
  readonly name: string;
  readonly access: Access;
  readonly request: RequestSettings;
  readonly patience: PatienceSettings;
}

const noTokens: TokenUsage = { promptTokens: 0, completionTokens: 0 };
const charactersPerToken = 4;

/** A model behind OpenAI's Chat Completions protocol: OpenAI itself, a deployment at Azure, or a server that speaks the same. */
export class OpenAiModel extends LanguageModel {
  readonly name: string;
  readonly provider: string;
  private client: Promise<OpenAI> | undefined;

  constructor(
    private readonly settings: OpenAiSettings,
    private readonly clock: Clock,
  ) {
    super();
    this.name = settings.name;
    this.provider = settings.access.provider;
  }

  override async *stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<Part> {
    const request = convertPrompt(prompt, this.settings.request);
    let begun = false;
    const client = await (this.client ??= clientFor(this.settings));
    const open = async function* (ended: AbortSignal): AsyncGenerator<ChatChunk> {
      const chunks = await client.chat.completions.create(request, { signal: ended });
      begun = true;
      for await (const chunk of chunks) yield readChunk(chunk);
    };
    try {
      yield* parseStream(patiently(open, saysSomething, this.settings.patience, signal), (written) => ({
        promptTokens: Math.ceil(JSON.stringify(request.messages).length / charactersPerToken),
        completionTokens: Math.ceil(written.length / charactersPerToken),
      }));
    } catch (error) {
      signal.throwIfAborted();
      if (!isFilteredPrompt(error)) throw failureOf(error, begun, this.clock);
      yield { type: 'finish', reason: 'content-filter', usage: noTokens };
    }
  }
}

/**
 * The package is loaded with the first question: it costs start time and memory where no model is configured. Its own retries,
 * timeouts and logs are off: ours do that, and its logs would quote answers. Nothing is taken from the environment.
 */
async function clientFor({ access, request }: OpenAiSettings): Promise<OpenAI> {
  const { AzureOpenAI, OpenAI: Client } = await import('openai');
  const options = {
    apiKey: access.apiKey,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: 10 * 60_000,
    logLevel: 'off' as const,
    fetchOptions: { redirect: 'error' as const },
  };
  if (access.provider !== 'azure') return new Client({ ...options, baseURL: access.baseUrl });
  const { endpoint, apiVersion } = access;
  return new AzureOpenAI({ ...options, endpoint, apiVersion, deployment: request.model });
}
