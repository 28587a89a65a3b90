import type { Clock } from '@stocktool/contracts';
import { dearest, listPrice, type Price } from './cost/price';
import { ModelLink, type FailureReport } from './chain/model-link';
import { OpenAiModel, type Access } from './openai/openai-model';
import type { ModelEntry, ModelSettings, ProviderName } from './settings';

export interface ModelSurroundings {
  readonly clock: Clock;
  readonly onFailure: FailureReport;
  /** One line for whoever reads logs at start. */
  readonly notice: (line: string) => void;
}

/** The models that the settings name, in their order, each with retries and a breaker. One without access is left out, and that is said. */
export function openModels(settings: ModelSettings, { clock, onFailure, notice }: ModelSurroundings): ModelLink[] {
  return settings.MODELS.flatMap((entry) => {
    const access = accessTo[entry.provider](settings);
    if (access) return [linkOf(entry, access, settings, { clock, onFailure })];
    notice(
      `Models: ${entry.name} is left out, there is no access to ${entry.provider}: a key or an address is missing.`,
    );
    return [];
  });
}

const accessTo: Readonly<Record<ProviderName, (settings: ModelSettings) => Access | undefined>> = {
  openai: ({ OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl }) =>
    apiKey === undefined ? undefined : { provider: 'openai', baseUrl, apiKey },
  azure: ({ AZURE_OPENAI_API_KEY: apiKey, AZURE_OPENAI_ENDPOINT: endpoint, AZURE_OPENAI_API_VERSION: apiVersion }) =>
    apiKey === undefined || endpoint === undefined ? undefined : { provider: 'azure', endpoint, apiKey, apiVersion },
  // many servers of one's own ask for no key; the package wants a text
  compatible: ({ COMPATIBLE_API_KEY: apiKey = 'none', COMPATIBLE_BASE_URL: baseUrl }) =>
    baseUrl === undefined ? undefined : { provider: 'compatible', baseUrl, apiKey },
};

/** What the settings say, else the list; an unknown one of OpenAI or Azure counts as the dearest, a server of one's own as free. */
function priceOf({ provider, name, providerName }: ModelEntry, { MODEL_PRICES }: ModelSettings, day: string): Price {
  const free = { prompt: 0, completion: 0 };
  const known = MODEL_PRICES.get(name) ?? listPrice(providerName, day) ?? listPrice(name, day);
  return known ?? (provider === 'compatible' ? free : dearest);
}

function linkOf(
  { provider, name, providerName }: ModelEntry,
  access: Access,
  settings: ModelSettings,
  { clock, onFailure }: Omit<ModelSurroundings, 'notice'>,
): ModelLink {
  const request = {
    model: providerName,
    mostOutputTokens: settings.MODEL_MAX_OUTPUT_TOKENS,
    limitName: provider === 'compatible' ? 'max_tokens' : 'max_completion_tokens',
  } as const;
  const patience = {
    firstTokenMs: settings.MODEL_FIRST_TOKEN_SECONDS * 1000,
    idleMs: settings.MODEL_IDLE_SECONDS * 1000,
    wholeMs: settings.MODEL_ANSWER_SECONDS * 1000,
  };
  const model = new OpenAiModel({ name, access, request, patience }, clock);
  const link = {
    retries: settings.MODEL_RETRIES,
    longestWaitMs: 2000,
    breakerFailures: settings.MODEL_BREAKER_FAILURES,
    breakerOpenMs: settings.MODEL_BREAKER_SECONDS * 1000,
    price: priceOf({ provider, name, providerName }, settings, clock.now().toISOString().slice(0, 10)),
    mostOutputTokens: settings.MODEL_MAX_OUTPUT_TOKENS,
  };
  return new ModelLink(model, link, clock, onFailure);
}
