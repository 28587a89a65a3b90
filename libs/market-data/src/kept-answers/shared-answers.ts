import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Dynamo, Item } from '@stocktool/aws-dynamodb';
import type { ObjectStore } from '@stocktool/aws-s3';
import { parseJson, type Clock } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import type { DailySeries } from '../daily-series';
import { packSeries, unpackSeries } from '../price-series/series-object';
import { WriteBehind } from '../write-behind';
import { kindOf, servedStaleMs, unknownForMs, type AnswerKind, type Answers, type Question } from './answer-kinds';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** An item of DynamoDB holds 400 kB; what is larger stays with the process that asked. */
const largestBodyBytes = 350 * 1024;
const largestAnswerBytes = 32 * 1024 * 1024;
const objectPrefix = 'market/';

/** `body`: gzipped JSON. `prices`: in an object. `unknownTo`: the source of that name does not know the symbol. */
const AnswerRow = z.object({
  fetchedAtMs: z.number(),
  body: z.instanceof(Uint8Array).optional(),
  prices: z.object({ objectKey: z.string(), currency: z.string(), source: z.string() }).optional(),
  unknownTo: z.string().optional(),
});
type AnswerRow = z.infer<typeof AnswerRow>;

export interface SharedAnswer<Answer> {
  /** undefined: nobody knows the symbol. */
  readonly answer: Answer | undefined;
  readonly fetchedAtMs: number;
}

interface AnswerPlaces {
  readonly table: string;
  readonly bucket: string;
}

/**
 * Answers of vendors where all processes find them: a row beside the quotes, key (symbol, kind), gone after a week. Prices, 200 kB
 * for 25 years, cost less as an object that the row points to. What does not fit the schema counts as not there.
 */
export class SharedAnswers {
  private readonly writes: WriteBehind<Item>;

  constructor(
    private readonly dynamo: Dynamo,
    private readonly objects: ObjectStore,
    private readonly clock: Clock,
    private readonly places: AnswerPlaces = {
      table: topology.tables.stockCache.name,
      bucket: topology.buckets.reports.name,
    },
  ) {
    this.writes = new WriteBehind((put) => dynamo.batchWrite(places.table, { put }));
  }

  /** undefined: nothing newer than that is there. */
  async get<Kind extends AnswerKind>(
    question: Question<Kind>,
    newerThanMs: number,
  ): Promise<SharedAnswer<Answers[Kind]> | undefined> {
    if (kindOf(question.kind).shared === undefined) return undefined;
    const item = await this.dynamo.get({ TableName: this.places.table, Key: keyOf(question) });
    const row = AnswerRow.safeParse(item).data;
    if (!row || row.fetchedAtMs <= newerThanMs) return undefined;
    if (row.unknownTo !== undefined) return { answer: undefined, fetchedAtMs: row.fetchedAtMs };
    const answer = (await this.read(question, row)) as Answers[Kind] | undefined;
    return answer && { answer, fetchedAtMs: row.fetchedAtMs };
  }

  async put<Kind extends AnswerKind>(
    question: Question<Kind>,
    { answer, fetchedAtMs }: SharedAnswer<Answers[Kind]>,
  ): Promise<void> {
    if (kindOf(question.kind).shared === undefined) return;
    const content = answer === undefined ? { unknownTo: 'live' } : await this.write(question, answer);
    if (!content) return;
    const keptMs = answer === undefined ? unknownForMs : servedStaleMs;
    const key = keyOf(question);
    const ttl = this.clock.epochSeconds() + keptMs / 1000;
    await this.writes.put(JSON.stringify(key), { ...key, ...content, fetchedAtMs, ttl });
  }

  private async read({ kind, symbol }: Question, { body, prices }: AnswerRow): Promise<unknown> {
    const schema = kindOf(kind).shared;
    if (schema === 'prices') {
      const bytes = prices && (await this.objects.get(this.places.bucket, prices.objectKey));
      if (!prices || !bytes) return undefined;
      return { ...(await unpackSeries(bytes, symbol, prices.currency)), source: prices.source };
    }
    if (schema === undefined || body === undefined) return undefined;
    const text = await unpack(body, { maxOutputLength: largestAnswerBytes });
    return parseJson(schema, text.toString('utf8'));
  }

  /** undefined: too large, or nothing in it. */
  private async write({ kind, symbol }: Question, answer: unknown): Promise<Item | undefined> {
    if (kindOf(kind).shared !== 'prices') {
      const body = await pack(JSON.stringify(answer));
      return body.length > largestBodyBytes ? undefined : { body };
    }
    const { dates, columns, currency, source } = answer as DailySeries;
    if (dates.length === 0) return undefined;
    const { bytes } = await packSeries({ dates, columns });
    const objectKey = `${objectPrefix}${kind}/${encodeURIComponent(symbol)}.json.gz`;
    await this.objects.put(this.places.bucket, objectKey, bytes, { contentType: 'application/gzip' });
    return { prices: { objectKey, currency, source } };
  }
}

const keyOf = ({ kind, symbol, variant }: Question) => ({
  symbol,
  dataType: variant === undefined ? kind : `${kind}#${variant}`,
});
