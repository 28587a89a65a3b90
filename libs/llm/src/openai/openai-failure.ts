import type { Clock } from '@stocktool/contracts';
import { ModelFailure } from '../chain/model-failure';

/** What is read of the package's errors: the classes are loaded with the package, and only then. */
interface ApiErrorLike {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly headers?: { get(name: string): string | null } | undefined;
}

/** The provider's filter refused the prompt itself: an answer of a kind, not a failure of the provider. */
export const isFilteredPrompt = (error: unknown): boolean =>
  error instanceof Error && (error as ApiErrorLike).status === 400 && (error as ApiErrorLike).code === 'content_filter';

/** What the package throws, as a failure without the provider's text. `begun`: the answer was already under way. */
export function failureOf(error: unknown, begun: boolean, clock: Clock): ModelFailure {
  if (error instanceof ModelFailure) return error;
  const { status, headers } = (error instanceof Error ? error : {}) as ApiErrorLike;
  if (typeof status !== 'number') return new ModelFailure(begun ? 'cut' : 'unreachable', causeOf(error));
  const detail = `status ${status}`;
  if (status === 429) return new ModelFailure('rate-limited', detail, retryAfterMs(headers?.get('retry-after'), clock));
  return new ModelFailure(status >= 500 || status === 408 ? 'unreachable' : 'refused', detail);
}

/** Seconds or an HTTP date. */
function retryAfterMs(header: string | null | undefined, clock: Clock): number | undefined {
  if (header === null || header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - clock.epochMs();
  return ms >= 0 ? ms : undefined;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  return cause instanceof Error &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    /^[A-Z_]{2,40}$/.test(cause.code)
    ? `no connection (${cause.code})`
    : 'the connection failed';
}
