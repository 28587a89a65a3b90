import { isConfirmation, isRefusal } from '@stocktool/contracts';
import type { PromptMessage } from '../language-model';
import type { Plan } from './plan';
import { outcomesOf } from './tool-outcome';

/** A yes or a no to what the answer before it proposed. Whether the yes counts is for the tool to know. */
export function planConfirmation(messages: readonly PromptMessage[], asked: number): Plan | undefined {
  const question = messages[asked];
  if (question?.role !== 'user') return undefined;
  const before = messages.slice(0, asked);
  const turn = before.slice(before.findLastIndex(({ role }) => role === 'user') + 1);
  const proposals = outcomesOf(turn).flatMap((one) =>
    one.name === 'set_price_alert' && one.ok && one.result.status === 'proposed' ? [one.result.alert.id] : [],
  );
  if (proposals.length === 0) return undefined;
  if (isRefusal(question.content)) return { say: 'Nothing is set.' };
  if (!isConfirmation(question.content)) return undefined;
  return { calls: proposals.map((confirmation) => ({ name: 'set_price_alert', args: { confirmation } })) };
}
