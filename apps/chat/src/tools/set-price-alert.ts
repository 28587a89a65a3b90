import { problemOfIssues } from '@stocktool/bootstrap';
import {
  AlertCondition,
  AlertRequest,
  Problem,
  type ChatToolArguments,
  type ChatToolResult,
  type PriceAlertProposal,
} from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { inWords, type AlertTable } from '@stocktool/portfolios';
import { v7 as uuidv7 } from 'uuid';
import { latestKnown, Tool, type ToolContext } from './tool';

type Arguments = ChatToolArguments<'set_price_alert'>;
type Result = ChatToolResult<'set_price_alert'>;

const conditionsOf = (alert: PriceAlertProposal) =>
  AlertCondition.options.filter((condition) => alert[condition] !== undefined);

/** Stands in the answer: what the user says yes to. */
export const questionAbout = (alert: PriceAlertProposal): string =>
  `The alert on ${alert.symbol} ${inWords(conditionsOf(alert), alert)} is not set yet. Answer "yes" to set it.`;

/**
 * The only tool that changes something that lasts, so in two steps: a call proposes and writes nothing; another sets what was proposed, if
 * the user's own message, right after the question, says yes. What is set is the proposal as it was stored, not what a model says of it.
 */
export class SetPriceAlert extends Tool<'set_price_alert'> {
  readonly name = 'set_price_alert';

  constructor(
    private readonly market: MarketData,
    private readonly alerts: Pick<AlertTable, 'create'>,
  ) {
    super();
  }

  async run(args: Arguments, context: ToolContext): Promise<Result> {
    const { confirmation } = args;
    return confirmation === undefined ? this.propose(args, context) : this.set(confirmation, context);
  }

  summary({ status, alert }: Result): string {
    return `${status === 'set' ? 'Alert set' : 'Alert proposed, not set'}: ${alert.symbol} ${inWords(conditionsOf(alert), alert)}`;
  }

  override question({ status, alert }: Result): string | undefined {
    return status === 'proposed' ? questionAbout(alert) : undefined;
  }

  private async propose(args: Arguments, context: ToolContext): Promise<Result> {
    const { symbol, above, below, changePercent } = args;
    const asked = { symbol, above, below, changePercent };
    const given = Object.entries(asked).filter(([, value]) => value !== undefined);
    const { data, error } = AlertRequest.safeParse(Object.fromEntries(given));
    if (!data) throw problemOfIssues(error.issues);
    const quote = await this.market.quote(data.symbol, { userId: context.userId, asOf: latestKnown(args, context) });
    return {
      status: 'proposed',
      statement: 'Nothing is set. The user is asked behind your answer, and only their own next message can confirm.',
      alert: { id: uuidv7(), ...data },
      price: quote.price,
      currency: quote.currency,
      priceAsOf: quote.asOf.slice(0, 10),
      source: quote.source,
      units: 'prices in the currency, changePercent in percent points from the previous close',
    };
  }

  /** Set once, however often it is asked for: the id of the proposal is the id of the alert. */
  private async set(confirmation: string, { userId, confirmed = [], signal }: ToolContext): Promise<Result> {
    const proposal = confirmed.find(({ id }) => id === confirmation);
    if (!proposal)
      throw new Problem(
        'forbidden',
        'Only the user can confirm an alert, by a message of their own that says yes right after they were asked.',
      );
    signal.throwIfAborted();
    const { id, ...alert } = proposal;
    await this.alerts.create(userId, id, { ...alert, holds: [] });
    return {
      status: 'set',
      statement: 'The alert is set. Its user is told once when it begins to hold.',
      alert: proposal,
      price: null,
      currency: null,
      priceAsOf: null,
      source: null,
      link: `/v1/alerts/${id}`,
      units: 'prices in the currency of the symbol, changePercent in percent points from the previous close',
    };
  }
}
