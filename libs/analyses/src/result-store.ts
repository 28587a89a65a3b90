import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { AnalysisResult, parseJson } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { resultItemId, type Attempt, type ResultPointer } from './analysis-rows';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const largestItemBytes = 4096;
const largestResultBytes = 64 * 1024 * 1024;
const ResultRow = z.object({ body: z.instanceof(Uint8Array) });

type ResultOwner = Pick<Attempt, 'userId' | 'analysisId' | 'number'>;

/** Results, compressed: small ones cost less as an item, one over 4 kB less as an object. */
export class ResultStore {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly objects: ObjectStore,
    private readonly tableName: string = topology.tables.analyses.name,
    private readonly bucketName: string = topology.buckets.reports.name,
  ) {}

  async write(attempt: ResultOwner, result: AnalysisResult): Promise<ResultPointer> {
    return this.writePacked(attempt, await pack(JSON.stringify(result)));
  }

  /**
   * `body` is the result's JSON, gzipped. Each attempt writes under a name of its own, so a stale attempt cannot overwrite what
   * another has completed with.
   */
  async writePacked({ userId, analysisId, number }: ResultOwner, body: Uint8Array): Promise<ResultPointer> {
    if (body.length <= largestItemBytes) {
      const itemId = resultItemId(analysisId, number);
      await this.dynamo.put({ TableName: this.tableName, Item: { userId, itemId, body } });
      return { itemId };
    }
    const bucketKey = `results/${userId}/${analysisId}/${number}.json.gz`;
    await this.objects.put(this.bucketName, bucketKey, body, {
      contentType: 'application/json',
      contentEncoding: 'gzip',
    });
    return { bucketKey };
  }

  async read(userId: string, pointer: ResultPointer): Promise<AnalysisResult> {
    const text = await unpack(await this.packed(userId, pointer), { maxOutputLength: largestResultBytes });
    return parseJson(AnalysisResult, text.toString('utf8'));
  }

  /** The result of an attempt that was refused: nothing points to it. */
  async discard(userId: string, pointer: ResultPointer): Promise<void> {
    if ('bucketKey' in pointer) await this.objects.delete(this.bucketName, [pointer.bucketKey]);
    else await this.dynamo.delete({ TableName: this.tableName, Key: { userId, itemId: pointer.itemId } });
  }

  private async packed(userId: string, pointer: ResultPointer): Promise<Uint8Array> {
    if ('bucketKey' in pointer) {
      const object = await this.objects.get(this.bucketName, pointer.bucketKey);
      if (!object) throw new Error(`a completed analysis points to an object that is not there`);
      return object;
    }
    const item = await this.dynamo.get({
      TableName: this.tableName,
      Key: { userId, itemId: pointer.itemId },
      ConsistentRead: true,
    });
    return ResultRow.parse(item).body;
  }
}
