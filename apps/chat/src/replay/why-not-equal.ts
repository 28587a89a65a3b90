import { ChatToolFailure, type DataVersion, type ReplayReason } from '@stocktool/contracts';
import { documentsSource, isSearch, pagesSource, portfoliosSource, privateSymbolsIn, readsPortfolios, type AskedOf } from './data-versions'; // prettier-ignore

interface Unequal {
  readonly call: AskedOf;
  readonly recordedOk: boolean;
  readonly replayed: { readonly ok: boolean; readonly summary: string; readonly result: unknown };
  readonly createdAt: string;
  readonly then: readonly DataVersion[];
  readonly now: readonly DataVersion[];
}

/** The reason in plain words, from what is known to have changed; never guessed beyond that. */
export function whyNotEqual({ call, recordedOk, replayed, createdAt, then, now }: Unequal): ReplayReason {
  if (call.name === 'analyze_portfolio' && replayed.ok)
    return { code: 'analysis-went-on', detail: 'The analysis was still under way when the answer was made.' };
  if (recordedOk && !replayed.ok)
    return {
      code: 'failed-now',
      detail: `The tool answered then and does not now. ${replayed.summary}: ${whyFailed(replayed.result)}`,
    };
  if (call.name === 'get_news')
    return { code: 'live-data-moved-on', detail: `There have been other stories since ${createdAt}.` };
  const mine = then.filter(({ source }) => isReadBy(call, source));
  const changed = mine.filter(({ source, version }) => now.every((one) => one.source !== source || one.version !== version)); // prettier-ignore
  const still = changed.filter(({ live }) => !live);
  const sources = still.map(({ source }) => source).join(', ');
  if (still.length > 0)
    return { code: 'data-changed', detail: `Changed since the answer was made: ${sources}. Earlier versions are not kept.` }; // prettier-ignore
  if (changed.length > 0)
    return {
      code: 'live-data-moved-on',
      detail: `The data is live and has moved on since ${createdAt}; what vendors said then is kept in the answer alone.`,
    };
  if (!recordedOk) return { code: 'failed-then', detail: 'The tool could not answer then.' };
  return { code: 'software-changed', detail: 'The data is the same: another version of the software computes it now.' };
}

const whyFailed = (result: unknown): string => ChatToolFailure.safeParse(result).data?.error.detail ?? '';

function isReadBy(call: AskedOf, source: string): boolean {
  const ofSearch = source === pagesSource || source === documentsSource;
  if (isSearch(call)) return ofSearch;
  if (source === portfoliosSource) return readsPortfolios(call);
  return !ofSearch && (!source.startsWith('~') || privateSymbolsIn(call.arguments).includes(source));
}
