/**
 * `unreachable`: no answer, or a 5xx; worth another try. `garbage`: an answer that is not what the vendor publishes.
 * `refused`: any other 4xx. `rate-limited`: a 429 or what stands for it. `out-of-budget`: not asked, our own limit is
 * reached. `not-entitled`: the key's plan does not have this. `passed-over`: not asked, its circuit breaker is open.
 */
export type FailureKind =
  'unreachable' | 'garbage' | 'refused' | 'rate-limited' | 'out-of-budget' | 'not-entitled' | 'passed-over';

/** Why a vendor gave nothing. Never holds a URL, a key or the vendor's own text: some quote the key. */
export class VendorFailure extends Error {
  constructor(
    readonly vendor: string,
    readonly kind: FailureKind,
    detail: string,
  ) {
    super(`${vendor}: ${detail}`);
    this.name = 'VendorFailure';
  }
}
