import { z } from 'zod';
import { BraveSearch } from './brave-search';
import { TavilySearch } from './tavily-search';
import type { WebSearchSource } from './web-search-source';

/** An empty one is none: what a secret that nobody has filled gives. */
const optionalKey = z
  .string()
  .trim()
  .transform((key) => (key === '' ? undefined : key))
  .optional();

export const webSearchEnvironment = { BRAVE_API_KEY: optionalKey, TAVILY_API_KEY: optionalKey };

type Settings = z.output<z.ZodObject<typeof webSearchEnvironment>>;

/** Brave where both have a key; undefined without any: the web is not searched then. */
export function openWebSearch({ BRAVE_API_KEY, TAVILY_API_KEY }: Settings): WebSearchSource | undefined {
  if (BRAVE_API_KEY !== undefined) return new BraveSearch(BRAVE_API_KEY);
  return TAVILY_API_KEY === undefined ? undefined : new TavilySearch(TAVILY_API_KEY);
}
