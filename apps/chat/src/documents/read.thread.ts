import { promisify } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { gzip } from 'node:zlib';
import type { ThreadReply } from '@stocktool/bootstrap';
import { Problem } from '@stocktool/contracts';
import { encodeSegment, readPassages } from '@stocktool/knowledge/reading';
import type { ReadJob, ReadOutcome } from './read-in-thread';

async function read({ bytes, contentType, documentId, name }: ReadJob): Promise<ReadOutcome> {
  try {
    const passages = await readPassages(bytes, contentType, name);
    const segment = encodeSegment({ documentId, title: name, passages });
    return { chunks: passages.length, segment: Uint8Array.from(await promisify(gzip)(segment)) };
  } catch (error) {
    if (error instanceof Problem && !error.retryable) return { refused: error.message };
    throw error;
  }
}

async function replyTo(job: ReadJob): Promise<ThreadReply<ReadOutcome>> {
  try {
    return { made: await read(job) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (job: ReadJob) => {
  void replyTo(job).then((reply) => {
    const transferred = 'made' in reply && 'segment' in reply.made ? [reply.made.segment.buffer] : [];
    parentPort?.postMessage(reply, transferred);
  });
});
