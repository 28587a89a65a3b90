import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@stocktool/contracts';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import type { Expense, Reservation } from '../cost/payer';
import type { Price } from '../cost/price';
import type { LanguageModel, Part, Prompt, TokenUsage } from '../language-model';
import { promptTokensAtMost, tokensAtMost } from '../tokens';
import { ModelFailure, type ModelFailureKind } from './model-failure';

export interface LinkSettings {
  /** Attempts after the first one. */
  readonly retries: number;
  /** The longest wait before another attempt; a provider that wants to be left alone for longer is passed over meanwhile. */
  readonly longestWaitMs: number;
  /** Failures in a row that open the circuit breaker, and how long it stays so. */
  readonly breakerFailures: number;
  readonly breakerOpenMs: number;
  readonly price: Price;
  readonly mostOutputTokens: number;
}

/** Told of every attempt that failed, also of those that nobody notices. */
export type FailureReport = (model: string, kind: ModelFailureKind) => void;

/** An answer that has begun: what has been read of it, the rest, and whom its end is told. */
interface Begun {
  readonly first: readonly Part[];
  readonly rest: AsyncIterator<Part>;
  readonly outcome: Outcome;
  readonly bill: Bill;
}
type Outcome = Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>;

/** What one attempt takes of what was set aside for it, from the parts that came. */
class Bill {
  private written = '';
  private usage: TokenUsage | undefined;

  constructor(
    private readonly reservation: Reservation | undefined,
    private readonly promptTokens: number,
  ) {}

  read(part: Part): void {
    if (part.type === 'text-delta') this.written += part.text;
    if (part.type === 'finish') this.usage = part.usage;
  }

  /** An answer that broke off is paid for as far as it came; what was refused or never arrived is not. */
  settle(failure?: unknown): void {
    const isFree = failure instanceof ModelFailure && unpaid.has(failure.kind);
    const estimate = {
      promptTokens: isFree ? 0 : this.promptTokens,
      completionTokens: isFree ? 0 : tokensAtMost(this.written),
    };
    this.reservation?.settle(this.usage ?? estimate);
  }
}

const unpaid: ReadonlySet<ModelFailureKind> = new Set(['unreachable', 'rate-limited', 'refused', 'passed-over']);
const firstWaitMs = 100;
/** What another attempt may mend. After a silence the person has waited long enough: the next model is asked. */
const worthAnother: ReadonlySet<ModelFailureKind> = new Set(['unreachable', 'cut', 'rate-limited']);
/** What says that the provider is not well. */
const countsAgainst: ReadonlySet<ModelFailureKind> = new Set(['unreachable', 'silent', 'cut', 'garbage']);

/**
 * One model behind its circuit breaker, asked again after a jittered wait where that may help. Until something of an answer
 * is given on, an attempt can be thrown away whole; after that a failure is final, so that nothing is ever said twice.
 */
export class ModelLink {
  private readonly breaker;
  private pausedUntilMs = 0;

  constructor(
    readonly model: LanguageModel,
    private readonly settings: LinkSettings,
    private readonly clock: Clock,
    private readonly report: FailureReport,
  ) {
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof ModelFailure && countsAgainst.has(error.kind)),
      { halfOpenAfter: settings.breakerOpenMs, breaker: new ConsecutiveBreaker(settings.breakerFailures) },
    );
  }

  get name(): string {
    return this.model.name;
  }

  /** False while it is left alone: by its breaker, or because the provider asked for it. */
  get available(): boolean {
    return this.breaker.state === CircuitState.Closed && this.pausedUntilMs <= this.clock.epochMs();
  }

  expense(promptTokens: number): Expense {
    const { price, mostOutputTokens: completionTokens } = this.settings;
    return { model: this.name, price, most: { promptTokens, completionTokens } };
  }

  /** Resolves with the first visible part of an answer; ModelFailure when none of the attempts gave one. */
  async begin(prompt: Prompt, signal: AbortSignal): Promise<AsyncGenerator<Part, void, void>> {
    for (let attempt = 0; ; attempt++) {
      try {
        return this.continued(await this.attempt(prompt, signal), signal);
      } catch (error) {
        signal.throwIfAborted();
        const failure = this.failureOf(error);
        if (attempt >= this.settings.retries || !worthAnother.has(failure.kind)) throw failure;
        const waitMs = Math.max(failure.retryAfterMs ?? 0, Math.random() * firstWaitMs * 2 ** attempt);
        if (waitMs > this.settings.longestWaitMs) throw failure;
        await delay(waitMs, undefined, { signal });
      }
    }
  }

  private async attempt(prompt: Prompt, signal: AbortSignal): Promise<Begun> {
    const outcome = await this.admitted();
    const bill = await this.reserve(prompt).catch((error: unknown) => {
      outcome.resolve(); // says nothing about the provider
      throw error;
    });
    try {
      const rest = this.model.stream(prompt, signal)[Symbol.asyncIterator]();
      const first: Part[] = [];
      for (;;) {
        const next = await rest.next();
        if (next.done === true) throw new ModelFailure('cut', 'the answer has no end');
        first.push(next.value);
        bill.read(next.value);
        if (next.value.type === 'text-delta' || next.value.type === 'finish') return { first, rest, outcome, bill };
      }
    } catch (error) {
      outcome.reject(error);
      bill.settle(error);
      throw error;
    }
  }

  private async reserve(prompt: Prompt): Promise<Bill> {
    const promptTokens = promptTokensAtMost(prompt);
    return new Bill(await prompt.payer?.reserve(this.expense(promptTokens)), promptTokens);
  }

  /** Lets a call through, or throws. How it ended is known at the end of the whole answer, and the breaker is told then. */
  private async admitted(): Promise<Outcome> {
    if (this.breaker.state === CircuitState.HalfOpen || this.pausedUntilMs > this.clock.epochMs())
      throw new ModelFailure('passed-over', 'left alone for a while');
    const [entered, outcome] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const guarded = this.breaker.execute(() => {
      entered.resolve();
      return outcome.promise;
    });
    guarded.catch((error: unknown) => entered.reject(error)); // once inside, this says nothing any more
    await entered.promise;
    return outcome;
  }

  private async *continued(
    { first, rest, outcome, bill }: Begun,
    signal: AbortSignal,
  ): AsyncGenerator<Part, void, void> {
    let finished = false;
    try {
      yield* first;
      finished = first.some(({ type }) => type === 'finish');
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
        finished ||= next.value.type === 'finish';
        bill.read(next.value);
        yield next.value;
      }
      if (!finished) throw new ModelFailure('cut', 'the answer has no end');
    } catch (error) {
      outcome.reject(error);
      signal.throwIfAborted();
      throw this.failureOf(error);
    } finally {
      outcome.resolve(); // also where the reader left; a failure has been told before
      bill.settle();
      await rest.return?.();
    }
  }

  private failureOf(error: unknown): ModelFailure {
    const failure = isBrokenCircuitError(error) ? new ModelFailure('passed-over', 'its breaker is open') : error;
    if (!(failure instanceof ModelFailure)) throw error;
    this.report(this.name, failure.kind);
    if (failure.kind === 'rate-limited') {
      const pauseMs = failure.retryAfterMs ?? 0;
      if (pauseMs > this.settings.longestWaitMs) this.pausedUntilMs = this.clock.epochMs() + pauseMs;
    }
    return failure;
  }
}
