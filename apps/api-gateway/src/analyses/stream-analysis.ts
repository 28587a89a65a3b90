import { Injectable } from '@nestjs/common';
import { AnalysisTable, type AnalysisState } from '@stocktool/analyses';
import { isFinished } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import { OpenStreams } from '../streams/open-streams';
import { doneId, eventsOf, positionOf } from './analysis-events';
import { AnalysisWatch } from './analysis-watch';

@Injectable()
export class StreamAnalysis {
  constructor(
    private readonly table: AnalysisTable,
    private readonly watch: AnalysisWatch,
    private readonly streams: OpenStreams,
  ) {}

  /** 204 tells an EventSource that has everything to stop asking. */
  async run(userId: string, analysisId: string, lastEventId: string | undefined, reply: FastifyReply): Promise<void> {
    const present = await this.table.state(userId, analysisId);
    const position = positionOf(lastEventId, present);
    if (isFinished(present.status) && position >= doneId(present)) return void reply.code(204).send();
    await this.streams.run(userId, reply, async (stream) => {
      let before: AnalysisState | undefined;
      for await (const state of this.watch.states(userId, analysisId, stream.closed)) {
        for (const event of eventsOf(state, before, position)) await stream.send(event);
        before = state;
      }
    });
  }
}
