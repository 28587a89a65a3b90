import type { Clock } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import type { DailySeries } from '../daily-series';
import type { Surroundings } from '../quote-chain';
import { kindOf, servedStaleMs, unknownForMs, type AnswerKind, type Answers, type Question } from './answer-kinds';
import type { SharedAnswers } from './shared-answers';

/** Answers made together do not all expire together. */
const jitter = 0.1;
const bytesPerRow = 100;
const bytesBeside = 1024;
const bytesPerCharacter = 2;
const rememberedFailures = 10_000;
const retryMs = 10_000;

const dimensions = { memory: { Cache: 'vendor-answers' }, dynamodb: { Cache: 'shared-vendor-answers' } };

interface Kept {
  /** undefined: nobody knows the symbol. */
  readonly answer: unknown;
  readonly fetchedAtMs: number;
  readonly freshUntilMs: number;
}

/** An answer, since when it has been known, and where it was found. */
export interface Told<Answer> {
  readonly answer: Answer | undefined;
  readonly fetchedAtMs: number;
  readonly cache: 'memory' | 'dynamodb' | 'origin';
  /** A newer one was due, and nobody could tell it. */
  readonly stale: boolean;
}

export interface Patience {
  readonly patiently?: boolean;
}

interface KeptAnswersOptions {
  readonly maxBytes: number;
  /** Absent: nothing is shared with other processes. */
  readonly shared?: SharedAnswers | undefined;
  /** Whether what names `source` may be served: what another configuration left behind must not. */
  readonly accepts?: (source: string) => boolean;
}

/**
 * memory → table and bucket that all processes share → origin, for what changes slowly. Several that ask for the same at once are
 * one question. What fails is answered from the last known, for up to a week. A shared cache that fails is reported and passed by.
 */
export class KeptAnswers {
  private readonly memory: LRUCache<string, Kept>;
  private readonly underWay = new Map<string, Promise<Told<unknown>>>();
  private readonly notBeforeMs = new LRUCache<string, number>({ max: rememberedFailures });
  private readonly clock: Clock;
  private readonly random: () => number;

  constructor(
    private readonly surroundings: Pick<Surroundings, 'clock' | 'metrics' | 'report' | 'random'>,
    private readonly options: KeptAnswersOptions,
  ) {
    this.clock = surroundings.clock;
    this.random = surroundings.random ?? Math.random;
    this.memory = new LRUCache({
      maxSize: options.maxBytes,
      sizeCalculation: ({ answer }) => bytesBeside + bytesOf(answer),
    });
  }

  /** `load` asks the origin; it rejects where that cannot answer now. `patiently`: waits for a newer answer where one is due. */
  find<Kind extends AnswerKind>(
    question: Question<Kind>,
    load: () => Promise<Answers[Kind] | undefined>,
    { patiently = false }: Patience = {},
  ): Promise<Told<Answers[Kind]>> {
    const key = JSON.stringify(question);
    const known = this.memory.get(key);
    if (known && (this.isFresh(known) || (!patiently && this.mayServeWhileRenewing(question, known)))) {
      this.count('memory', 'CacheHits');
      this.renewIfDue(question, load);
      return Promise.resolve(toldOf(known, 'memory') as Told<Answers[Kind]>);
    }
    const asking = this.ask(question, load, known, patiently);
    asking.then(
      ({ stale }) => stale || this.renewIfDue(question, load),
      () => undefined, // whoever asked hears of it
    );
    return asking;
  }

  private ask<Kind extends AnswerKind>(
    question: Question<Kind>,
    load: () => Promise<Answers[Kind] | undefined>,
    known: Kept | undefined,
    patiently: boolean,
  ): Promise<Told<Answers[Kind]>> {
    const key = JSON.stringify(question);
    const asked = this.underWay.get(key);
    if (asked) return asked as Promise<Told<Answers[Kind]>>;
    this.count('memory', 'CacheMisses');
    const asking = this.beyondMemory(question, load, known, patiently).finally(() => this.underWay.delete(key));
    this.underWay.set(key, asking);
    return asking;
  }

  /** Nobody waits. One that failed is not tried again for 10 to 20 seconds. */
  private renewIfDue<Kind extends AnswerKind>(
    question: Question<Kind>,
    load: () => Promise<Answers[Kind] | undefined>,
  ): void {
    const key = JSON.stringify(question);
    const known = this.memory.get(key);
    if (!known || this.isFresh(known) || this.underWay.has(key)) return;
    if ((this.notBeforeMs.get(key) ?? 0) > this.clock.epochMs()) return;
    this.ask(question, load, known, true).then(
      ({ stale }) => stale && this.leaveAlone(key),
      (error: unknown) => {
        this.leaveAlone(key);
        this.surroundings.report(error, `renewing ${question.kind} of ${question.symbol}`);
      },
    );
  }

  private leaveAlone(key: string): void {
    this.notBeforeMs.set(key, this.clock.epochMs() + retryMs * (1 + this.random()));
  }

  private async beyondMemory<Kind extends AnswerKind>(
    question: Question<Kind>,
    load: () => Promise<Answers[Kind] | undefined>,
    inMemory: Kept | undefined,
    patiently: boolean,
  ): Promise<Told<Answers[Kind]>> {
    const shared = await this.fromShared(question, inMemory);
    const known = shared ?? inMemory;
    const nowMs = this.clock.epochMs();
    const mayWait = shared && !patiently && this.mayServeWhileRenewing(question, shared);
    if (shared && (this.isFresh(shared) || mayWait)) return toldOf(shared, 'dynamodb') as Told<Answers[Kind]>;
    try {
      const answer = await load();
      const told = { answer, fetchedAtMs: nowMs };
      this.hold(question, told);
      await this.share(question, told);
      return { ...told, cache: 'origin', stale: false };
    } catch (error) {
      if (known?.answer === undefined || nowMs - known.fetchedAtMs >= servedStaleMs) throw error;
      return { ...(toldOf(known, shared ? 'dynamodb' : 'memory') as Told<Answers[Kind]>), stale: true };
    }
  }

  private async fromShared(question: Question, inMemory: Kept | undefined): Promise<Kept | undefined> {
    const { shared, accepts = () => true } = this.options;
    if (!shared || kindOf(question.kind).shared === undefined) return undefined;
    try {
      const found = await shared.get(question, inMemory?.fetchedAtMs ?? 0);
      const ageMs = found && this.clock.epochMs() - found.fetchedAtMs;
      const keptMs = found?.answer === undefined ? unknownForMs : servedStaleMs;
      const isOurs = found !== undefined && ageMs! < keptMs && sourcesOf(found.answer).every(accepts);
      this.count('dynamodb', isOurs ? 'CacheHits' : 'CacheMisses');
      return isOurs ? this.hold(question, found) : undefined;
    } catch (error) {
      this.surroundings.report(error, `reading ${question.kind} from the shared cache`);
      return undefined;
    }
  }

  private async share<Kind extends AnswerKind>(
    question: Question<Kind>,
    told: { answer: Answers[Kind] | undefined; fetchedAtMs: number },
  ): Promise<void> {
    await this.options.shared
      ?.put(question, told)
      .catch((error: unknown) =>
        this.surroundings.report(error, `writing ${question.kind} of ${question.symbol} to the shared cache`),
      );
  }

  private hold(question: Question, told: { readonly answer: unknown; readonly fetchedAtMs: number }): Kept {
    const { freshMs } = kindOf(question.kind);
    const lifeMs = told.answer === undefined ? unknownForMs : freshMs * (1 - jitter * this.random());
    const kept = { ...told, freshUntilMs: told.fetchedAtMs + lifeMs };
    this.memory.set(JSON.stringify(question), kept);
    return kept;
  }

  private isFresh({ freshUntilMs }: Kept): boolean {
    return this.clock.epochMs() < freshUntilMs;
  }

  private mayServeWhileRenewing({ kind }: Question, { answer, fetchedAtMs }: Kept): boolean {
    const { servedWhileRenewingMs = 0 } = kindOf(kind);
    return answer !== undefined && this.clock.epochMs() - fetchedAtMs < servedWhileRenewingMs;
  }

  private count(cache: keyof typeof dimensions, metric: 'CacheHits' | 'CacheMisses'): void {
    this.surroundings.metrics.count(metric, 1, dimensions[cache]);
  }
}

const toldOf = ({ answer, fetchedAtMs }: Kept, cache: 'memory' | 'dynamodb'): Told<unknown> => ({
  answer,
  fetchedAtMs,
  cache,
  stale: false,
});

/** Who said it; of a list, who said each of its items. */
function sourcesOf(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap(sourcesOf);
  const named = typeof answer === 'object' && answer !== null && 'source' in answer ? answer.source : undefined;
  return typeof named === 'string' ? [named] : [];
}

/** About: news and statements of one symbol may be a thousand times those of another. */
const bytesOf = (answer: unknown): number =>
  typeof answer === 'object' && answer !== null && 'dates' in answer
    ? (answer as DailySeries).dates.length * bytesPerRow
    : (JSON.stringify(answer) ?? '').length * bytesPerCharacter;
