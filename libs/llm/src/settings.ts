import { z } from 'zod';
import type { Price } from './cost/price';

export const providerNames = ['openai', 'azure', 'compatible'] as const;
export type ProviderName = (typeof providerNames)[number];

/** One model of the list: who serves it, what users call it, and what the provider does. */
export interface ModelEntry {
  readonly provider: ProviderName;
  readonly name: string;
  readonly providerName: string;
}

const entryPattern =
  /^(?<provider>openai|azure|compatible)\/(?<name>[\w.:-]{1,60})(?:=(?<providerName>[\w.:/-]{1,120}))?$/;

/** `provider/name` or `provider/name=the provider's name`, in the order in which they are asked; no name twice. */
const modelList = z
  .string()
  .default('')
  .transform((text, context): ModelEntry[] => {
    const texts = text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== ''); // prettier-ignore
    const entries = texts.flatMap((entry) => {
      const { provider, name, providerName = name } = entryPattern.exec(entry)?.groups ?? {};
      if (provider === undefined || name === undefined || providerName === undefined) return [];
      return [{ provider: provider as ProviderName, name, providerName }];
    });
    const names = new Set(entries.map(({ name }) => name));
    if (entries.length < texts.length || names.size < entries.length || names.has('offline')) {
      context.addIssue('not a list of provider/name[=name at the provider], each name once');
      return z.NEVER;
    }
    return entries;
  })
  .pipe(z.array(z.custom<ModelEntry>()).max(10));

const priceEntry = /^(?<name>[\w.:-]{1,60})=(?<prompt>\d+(?:\.\d+)?)\/(?<completion>\d+(?:\.\d+)?)$/;

/** `name=prompt/completion`, US dollars for a million tokens, separated by commas. */
const priceList = z
  .string()
  .default('')
  .transform((text, context): ReadonlyMap<string, Price> => {
    const prices = new Map<string, Price>();
    for (const entry of text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')) {
      // prettier-ignore
      const { name, prompt, completion } = priceEntry.exec(entry)?.groups ?? {};
      if (name === undefined) context.addIssue('not a list of name=prompt/completion');
      else prices.set(name, { prompt: Number(prompt), completion: Number(completion) });
    }
    return prices;
  });

/** An empty one is none: what a secret that nobody has filled gives. */
const optionalText = z
  .string()
  .trim()
  .transform((text) => (text === '' ? undefined : text))
  .optional();
const optionalUrl = optionalText.pipe(z.url({ protocol: /^https?$/ }).optional());

/**
 * Which models answer, as the chat service takes it from its environment. Without `MODELS` the offline model does: a key that
 * lies in somebody's shell sends no question anywhere by itself.
 */
export const modelEnvironment = {
  MODELS: modelList,
  OPENAI_API_KEY: optionalText,
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1'),
  AZURE_OPENAI_API_KEY: optionalText,
  AZURE_OPENAI_ENDPOINT: optionalUrl,
  AZURE_OPENAI_API_VERSION: z.string().min(1).default('2024-10-21'),
  COMPATIBLE_API_KEY: optionalText,
  COMPATIBLE_BASE_URL: optionalUrl,
  MODEL_MAX_OUTPUT_TOKENS: z.coerce.number().int().min(16).max(100_000).default(2000),
  /** Where the price list is not right; it is dated, and knows OpenAI's models only. */
  MODEL_PRICES: priceList,
  /** Until the first token of an answer, between two, and for all of it. */
  MODEL_FIRST_TOKEN_SECONDS: z.coerce.number().min(0.05).max(300).default(20),
  MODEL_IDLE_SECONDS: z.coerce.number().min(0.05).max(300).default(20),
  MODEL_ANSWER_SECONDS: z.coerce.number().min(0.05).max(3600).default(300),
  MODEL_RETRIES: z.coerce.number().int().min(0).max(5).default(1),
  /** Failures in a row that open a model's circuit breaker, and how long it then stays open. */
  MODEL_BREAKER_FAILURES: z.coerce.number().int().min(1).max(1000).default(5),
  MODEL_BREAKER_SECONDS: z.coerce.number().min(0.05).max(3600).default(30),
};

const ModelSettings = z.object(modelEnvironment);
export type ModelSettings = z.output<typeof ModelSettings>;

/** For whoever has no environment of a service. */
export const modelSettings = (env: Readonly<Record<string, string | undefined>>): ModelSettings =>
  ModelSettings.parse(env);
