import type { AnalysisState } from '@stocktool/analyses';
import { AnalysisSummary, isFinished } from '@stocktool/contracts';
import type { StreamEvent } from '../streams/event-stream';

/**
 * Two ids per revision of the state, so that ids grow with every event and outlive the process: the even one tells the
 * status or progress, the odd one that it is done.
 */
const changeId = ({ revision }: AnalysisState): number => 2 * revision;
export const doneId = (state: AnalysisState): number => changeId(state) + 1;

/** The last event a reader has, or -1 for one that this analysis never had: it gets a snapshot first. */
export function positionOf(lastEventId: string | undefined, state: AnalysisState): number {
  const position = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : -1;
  return position <= doneId(state) ? position : -1;
}

/** What to tell a reader at `position` of a state, having told it `before` on this connection. */
export function eventsOf(state: AnalysisState, before: AnalysisState | undefined, position: number): StreamEvent[] {
  const { id: analysisId, status, progress, attempts } = state;
  const told: StreamEvent[] = [];
  const id = String(changeId(state));
  if (changeId(state) > position) {
    if (before?.status !== status)
      told.push({ id, event: 'status', data: { id: analysisId, status, progress, attempts } });
    else if (before.progress !== progress) told.push({ id, event: 'progress', data: { id: analysisId, progress } });
  }
  if (isFinished(status)) told.push({ id: String(doneId(state)), event: 'done', data: AnalysisSummary.parse(state) });
  return told;
}
