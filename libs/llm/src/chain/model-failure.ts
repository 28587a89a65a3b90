/**
 * `unreachable`: no connection, or a 5xx. `silent`: nothing came in time. `cut`: the answer broke off. `garbage`: not what is
 * published. `rate-limited`: a 429. `refused`: any other 4xx; the same request would be refused again. `passed-over`: not asked.
 */
export type ModelFailureKind =
  'unreachable' | 'silent' | 'cut' | 'garbage' | 'rate-limited' | 'refused' | 'passed-over';

/** Why a model gave no answer. Never holds a URL, a key or the provider's own text: some quote the key or the question. */
export class ModelFailure extends Error {
  constructor(
    readonly kind: ModelFailureKind,
    detail: string,
    /** How long the provider wants to be left alone. */
    readonly retryAfterMs?: number,
  ) {
    super(detail);
    this.name = 'ModelFailure';
  }
}
