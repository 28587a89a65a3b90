import { Injectable } from '@nestjs/common';
import { parseJson, Problem } from '@stocktool/contracts';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { bodyHash } from './canonical-json';
import { IdempotencyTable, type Claim } from './idempotency.table';
import { SealedAnswers } from './sealed-answer';

/** POSTs that create work, done once per user and key. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly table: IdempotencyTable,
    private readonly answers: SealedAnswers,
  ) {}

  /**
   * Runs `work`, or gives its earlier answer again. `work` gets the id that its object is to have: it stays the same when a
   * crashed attempt is repeated, so that the repetition continues rather than doubles. Without a key it simply runs.
   */
  async perKey<Schema extends z.ZodType>(
    userId: string,
    key: string | undefined,
    request: unknown,
    answerSchema: Schema,
    work: (workId: string) => Promise<z.output<Schema>>,
  ): Promise<z.output<Schema>> {
    if (key === undefined) return work(uuidv7());
    const outcome = await this.table.claim(userId, key, bodyHash(request));
    switch (outcome.kind) {
      case 'claimed':
        return this.perform(outcome.claim, work);
      case 'answered':
        return parseJson(answerSchema, await this.answers.open(outcome.answer, ownerOf(userId, key)));
      case 'in-progress':
        throw new Problem('request-in-progress', 'Ask again in a moment.', { retryAfterSeconds: 1 });
      case 'other-body':
        throw new Problem('idempotency-key-reused', 'This key was used with another request in the last 24 hours.');
    }
  }

  private async perform<Answer>(claim: Claim, work: (workId: string) => Promise<Answer>): Promise<Answer> {
    let answer: Answer;
    try {
      answer = await work(claim.workId);
    } catch (error) {
      const refused = error instanceof Problem && (!error.retryable || isOver(error));
      await (refused ? this.table.release(claim) : this.table.yieldUp(claim));
      throw error;
    }
    await this.table.settle(claim, await this.answers.seal(JSON.stringify(answer), ownerOf(claim.userId, claim.key)));
    return answer;
  }
}

/** What was interrupted does not go on under its id: the next attempt begins anew. */
const isOver = ({ code }: Problem): boolean => code === 'reply-interrupted';

const ownerOf = (userId: string, key: string): string => `${userId}/${key}`;
