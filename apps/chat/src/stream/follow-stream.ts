import { setTimeout as delay } from 'node:timers/promises';
import { Clock, Problem, problemDetails, type RpcEvent } from '@stocktool/contracts';
import type { StreamHead } from './stream-rows';
import type { StreamTable } from './stream.table';

export interface FollowTimes {
  readonly pollMs: number;
  /** A reply whose heartbeat has not moved for so long, by the reader's own clock, is dead. */
  readonly staleMs: number;
  readonly announceMs: number;
  readonly atMostMs: number;
}

export const followTimes: FollowTimes = { pollMs: 200, staleMs: 10_000, announceMs: 5000, atMostMs: 600_000 };

const interrupted = () =>
  new Problem('reply-interrupted', 'The reply ended with the process that ran it. Please ask again.');

/**
 * A reply that another process runs or ran, read from the table after a sequence until its end. A dead one is ended here
 * with the problem `reply-interrupted`; it is never run again. The clocks of two machines are not compared: a heartbeat is
 * only watched for a change.
 */
export async function* followStream(
  table: StreamTable,
  clock: Clock,
  { userId, messageId, after }: { userId: string; messageId: string; after: number },
  signal: AbortSignal,
  times: FollowTimes = followTimes,
): AsyncGenerator<readonly RpcEvent[]> {
  const startedAt = clock.epochMs();
  let [cursor, part, announcedAt] = [after, 1, 0];
  let beat = { atEpochMs: -1, seenAt: 0 };
  while (!signal.aborted) {
    let head = await table.head(userId, messageId);
    if (head.heartbeatAtEpochMs !== beat.atEpochMs)
      beat = { atEpochMs: head.heartbeatAtEpochMs, seenAt: performance.now() };
    const { events, lastPart, through, complete } = await table.events(messageId, cursor, part);
    part = lastPart;
    const end = head.interruptedBy ? (head.lastSequence ?? 0) : Infinity;
    const fresh = events.filter(({ sequence }) => sequence < end);
    if (fresh.length > 0) {
      yield fresh;
      cursor = fresh.at(-1)?.sequence ?? cursor;
    }
    if (!complete) continue;
    const now = clock.epochMs();
    if (head.lastSequence === undefined && performance.now() - beat.seenAt > times.staleMs)
      head = (await table.interrupt(head, through + 1, problemDetails(interrupted()))) ?? head;
    if (head.interruptedBy) {
      yield [closing(head, cursor)];
      return;
    }
    if (head.lastSequence !== undefined && cursor >= head.lastSequence) return;
    if (head.lastSequence !== undefined && fresh.length === 0) throw interrupted(); // marked as ended, but parts are missing
    if (now - startedAt > times.atMostMs) throw interrupted();
    if (head.lastSequence === undefined && now - announcedAt > times.announceMs) {
      announcedAt = now;
      await table.readerSeen(messageId);
    }
    await delay(times.pollMs, undefined, { signal }).catch(() => undefined); // aborted: the loop's condition ends it
  }
}

/** One may have seen live events that never reached the table: the end comes after whatever the reader has. */
function closing({ lastSequence = 0, interruptedBy }: StreamHead, cursor: number): RpcEvent {
  return {
    sequence: Math.max(lastSequence, cursor + 1),
    json: JSON.stringify({ event: 'problem', data: interruptedBy }),
  };
}
