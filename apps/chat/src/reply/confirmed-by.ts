import { chatTools, isConfirmation, parseJson, type PriceAlertProposal } from '@stocktool/contracts';
import type { MessageRow } from '../conversation/conversation-rows';
import { questionAbout } from '../tools/set-price-alert';

type Answer = Pick<MessageRow, 'role' | 'content' | 'toolRecords' | 'finishReason'>;

/** With markup a text could keep from view what stands behind it. */
const markup = /<[!a-z/]/i;

/**
 * The proposals that a message says yes to: those of the answer right before it, whose questions stood at its end for the user to read.
 * Read from the stored answer, which only we write: a text of a model, a page or a document is none.
 */
export function confirmedBy(message: string, answer: Answer | undefined): PriceAlertProposal[] {
  if (answer?.role !== 'assistant' || answer.finishReason !== 'stop' || !isConfirmation(message)) return [];
  const proposals = (answer.toolRecords ?? [])
    .filter(({ name, ok }) => name === 'set_price_alert' && ok)
    .map(({ resultJson }) => parseJson(chatTools.set_price_alert.result, resultJson))
    .flatMap(({ status, alert }) => (status === 'proposed' ? [alert] : []));
  const { content } = answer;
  const questions = proposals.map(questionAbout);
  const wereAsked = questions.every((one) => content.includes(one)) && questions.some((one) => content.endsWith(one));
  return wereAsked && !markup.test(content) ? proposals : [];
}
