import { Injectable, Logger } from '@nestjs/common';
import { CloudWatch, type MetricQuery, type MetricValues } from '@stocktool/aws-cloudwatch';
import { chatTools, Clock, type MetricsSummary } from '@stocktool/contracts';
import type { Caller } from '../access/access';
import { AccessDeclarations } from '../access/access-declarations';
import { Conversations } from '../chat/conversations';

type Dimensions = Record<string, string>;
type Endpoint = MetricsSummary['byEndpoint'][number];

const minute = 60;
const caches = ['quote', 'memory', 'dynamodb'];
const offlineModel = 'offline';
const tokenKinds = ['prompt', 'completion'];

/**
 * What the services measured, read back from CloudWatch. Each query has one period as long as the span asked for, so that
 * a percentile is CloudWatch's own. Where a figure exists only by dimension (tools, models), averages and percentiles are
 * means weighted by the number of samples.
 */
@Injectable()
export class SummariseMetrics {
  private readonly logger = new Logger(SummariseMetrics.name);

  constructor(
    private readonly cloudWatch: CloudWatch,
    private readonly declarations: AccessDeclarations,
    private readonly conversations: Conversations,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, hours: number): Promise<MetricsSummary> {
    const until = Math.ceil((this.clock.epochSeconds() + 1) / minute) * minute;
    const questions = new Questions(hours * 3600);
    const endpoints = this.declarations.routes().map(({ method, path }) => `${method} ${path}`);
    const figures = ask(questions, endpoints, await this.models(caller));
    const from = new Date((until - hours * 3600) * 1000);
    const answers = await this.cloudWatch.getMetrics(questions.asked, from, new Date(until * 1000));
    return figures(answers);
  }

  /** Their names are dimensions, which only the chat service knows; while it is down, the one that is always there. */
  private async models(caller: Caller): Promise<string[]> {
    try {
      return (await this.conversations.models(caller)).items.map(({ name }) => name);
    } catch (error) {
      this.logger.warn({ err: error }, 'the chat service does not say which models there are');
      return [offlineModel];
    }
  }
}

type Answers = Record<string, MetricValues>;
type Figure = (answers: Answers) => number | null;

/** Collects the queries; each comes back as a function that finds its figure in the answers. */
class Questions {
  readonly asked: MetricQuery[] = [];

  constructor(private readonly periodSeconds: number) {}

  sum(metric: string, dimensions?: Dimensions): (answers: Answers) => number {
    const id = this.add(metric, 'Sum', dimensions);
    return (answers) => total(answers[id]);
  }

  /** A statistic, over periods and sets of dimensions weighted by samples; null without any. */
  statistic(metric: string, statistic: string, sets: readonly Dimensions[] = [{}]): Figure {
    const parts = sets.map((dimensions) => ({
      value: this.add(metric, statistic, dimensions),
      count: this.add(metric, 'SampleCount', dimensions),
    }));
    return (answers) => weighted(parts.map(({ value, count }) => [answers[value], answers[count]]));
  }

  private add(metric: string, statistic: string, dimensions: Dimensions = {}): string {
    const key = JSON.stringify([metric, statistic, dimensions]);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = `q${this.asked.length}`;
    this.ids.set(key, id);
    this.asked.push({ id, metric, statistic, dimensions, periodSeconds: this.periodSeconds });
    return id;
  }

  private readonly ids = new Map<string, string>();
}

function ask(questions: Questions, endpoints: readonly string[], models: readonly string[]) {
  const requests = questions.sum('Requests');
  const errors = questions.sum('Errors');
  const latency = (statistic: string, sets?: Dimensions[]) => questions.statistic('APILatency', statistic, sets);
  const [avg, p50, p95, p99] = [latency('Average'), latency('p50'), latency('p95'), latency('p99')];
  const tools = Object.keys(chatTools).map((Tool) => ({ Tool }));
  const toolAvg = questions.statistic('ToolExecutionTime', 'Average', tools);
  const toolP95 = questions.statistic('ToolExecutionTime', 'p95', tools);
  const hits = caches.map((Cache) => questions.sum('CacheHits', { Cache }));
  const misses = caches.map((Cache) => questions.sum('CacheMisses', { Cache }));
  const tokens = models.flatMap((Model) => tokenKinds.map((Kind) => questions.sum('ModelTokens', { Model, Kind })));
  const modelSets = models.map((Model) => ({ Model }));
  const modelAvg = questions.statistic('ModelLatency', 'Average', modelSets);
  const modelP95 = questions.statistic('ModelLatency', 'p95', modelSets);
  const perEndpoint = endpoints.map((endpoint) => askEndpoint(questions, endpoint));
  return (answers: Answers): MetricsSummary => ({
    requests: requests(answers),
    errorRate: share(errors(answers), requests(answers)),
    apiLatencyMs: { avg: avg(answers), p50: p50(answers), p95: p95(answers), p99: p99(answers) },
    toolTimeMs: { avg: toolAvg(answers), p95: toolP95(answers) },
    cacheHitRate: hitRate(
      hits.map((figure) => figure(answers)),
      misses.map((figure) => figure(answers)),
    ),
    modelTokens: tokens.reduce((all, figure) => all + figure(answers), 0),
    modelLatencyMs: { avg: modelAvg(answers), p95: modelP95(answers) },
    byEndpoint: perEndpoint.map((figure) => figure(answers)).filter(({ requests: count }) => count > 0),
  });
}

function askEndpoint(questions: Questions, endpoint: string): (answers: Answers) => Endpoint {
  const of = { Endpoint: endpoint };
  const requests = questions.sum('Requests', of);
  const errors = questions.sum('Errors', of);
  const [p50, p95, p99] = ['p50', 'p95', 'p99'].map((statistic) => questions.statistic('APILatency', statistic, [of]));
  return (answers) => ({
    endpoint,
    requests: requests(answers),
    errors: errors(answers),
    p50: p50!(answers),
    p95: p95!(answers),
    p99: p99!(answers),
  });
}

/** What the second level found was a miss of the first: only the look-ups that reached a chain count. */
function hitRate(hits: readonly number[], misses: readonly number[]): number | null {
  const [quote = 0, memory = 0] = caches.map((_, index) => (hits[index] ?? 0) + (misses[index] ?? 0));
  const found = hits.reduce((all, count) => all + count, 0);
  return share(found, quote + memory);
}

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

const total = (found: MetricValues | undefined): number => (found?.values ?? []).reduce((all, value) => all + value, 0);

/** By time stamp: a period of one series and its number of samples. */
function weighted(parts: readonly (readonly [MetricValues | undefined, MetricValues | undefined])[]): number | null {
  let sum = 0;
  let samples = 0;
  for (const [values, counts] of parts)
    values?.timestamps.forEach((timestamp, index) => {
      const at = counts?.timestamps.findIndex((other) => other.getTime() === timestamp.getTime()) ?? -1;
      const count = counts?.values[at] ?? 0;
      sum += (values.values[index] ?? 0) * count;
      samples += count;
    });
  return share(sum, samples);
}
