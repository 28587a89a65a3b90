import { events, type EventData } from '@stocktool/contracts';
import { z } from 'zod';
import type { MailDocument, MailFigure } from './mail-document';

/** What a delivery row holds of its event. */
export interface ShownEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface MailContext {
  readonly publicUrl: string;
  readonly subscriptionId: string;
  readonly unsubscribeUrl?: string | undefined;
}

/** The mail of an event: analyses have pages of their own, anything else is told plainly. */
export function eventMail(event: ShownEvent, context: MailContext): MailDocument {
  if (event.type === 'analysis.completed')
    return analysisCompleted(events['analysis.completed'].data.parse(event.data), context);
  if (event.type === 'analysis.failed')
    return analysisFailed(events['analysis.failed'].data.parse(event.data), context);
  return plainEvent(event, context);
}

function analysisCompleted(
  { headline, window, links }: EventData<'analysis.completed'>,
  context: MailContext,
): MailDocument {
  const period = `${longDate(window.from)} to ${longDate(window.to)}`;
  return {
    subject: `Your portfolio analysis is ready: ${percent(headline.totalReturn)} total return`,
    preview: `${period}. Sharpe ratio ${ratio(headline.sharpe)}, maximum drawdown ${percent(headline.maxDrawdown)}.`,
    heading: 'Your portfolio analysis is ready',
    blocks: [
      { kind: 'paragraph', text: `We have analysed your portfolio from ${period}.` },
      { kind: 'figures', figures: headlineFigures(headline) },
      { kind: 'button', label: 'Open the full report', url: new URL(links.report, context.publicUrl).href },
      {
        kind: 'paragraph',
        text: 'The report has the definitions behind each figure, the risk of every holding and how they move together. Past returns do not promise future ones.',
      },
    ],
    footer: whyThisMail(context),
  };
}

const headlineFigures = (headline: EventData<'analysis.completed'>['headline']): MailFigure[] => [
  {
    label: 'Total return',
    value: percent(headline.totalReturn),
    note: 'over the whole period',
    ...(headline.totalReturn !== null && { tone: headline.totalReturn < 0 ? 'bad' : 'good' }),
  },
  { label: 'Volatility', value: percent(headline.annualVolatility), note: 'per year' },
  { label: 'Sharpe ratio', value: ratio(headline.sharpe), note: 'return per unit of risk, per year' },
  { label: 'Maximum drawdown', value: percent(headline.maxDrawdown), note: 'largest fall from a peak' },
  { label: 'Value at risk, 95 %', value: percent(headline.historicalVar95), note: 'lost or more on 1 day in 20' },
];

const advice: Readonly<Record<string, string>> = {
  'unknown-symbol':
    'Check the symbols: the search under /v1/symbols lists what we have prices of. Then send the request again.',
  'no-date-overlap':
    'The holdings have no common dates in that period. Choose other dates, or leave out the youngest holding.',
  'currency-mismatch': 'Holdings in different currencies cannot be analysed together yet. Split them by currency.',
  'market-data-unavailable':
    'Prices could not be had in time. Nothing is wrong with your request: please send it again later.',
  'attempts-exhausted':
    'We tried several times. Please send the request again; if it fails again, tell us the number below.',
};

function analysisFailed({ analysisId, error }: EventData<'analysis.failed'>, context: MailContext): MailDocument {
  const code = error.type.replace('/problems/', '');
  return {
    subject: 'Your portfolio analysis could not be finished',
    preview: error.detail ?? error.title,
    heading: 'Your portfolio analysis could not be finished',
    blocks: [
      { kind: 'paragraph', text: 'This is what happened:' },
      { kind: 'notice', title: error.title, text: error.detail ?? 'There is no more to tell.' },
      {
        kind: 'paragraph',
        text:
          advice[code] ?? 'Please check the request and send it again; if it fails again, tell us the number below.',
      },
      { kind: 'code', label: 'Number of the analysis', text: analysisId },
    ],
    footer: whyThisMail(context),
  };
}

function plainEvent({ type, timestamp, data }: ShownEvent, context: MailContext): MailDocument {
  const test = type === 'subscription.test';
  const facts = factsOf(data).filter(({ label }) => !['User id', 'Sequence'].includes(label));
  const [name, time] = [spelledOut(type), instant(timestamp)];
  return {
    subject: test ? 'A test of your StockTool notifications' : `StockTool: ${name}`,
    preview: test ? 'Your subscription works.' : `${name}, ${time}`,
    heading: test ? 'Your subscription works' : name,
    blocks: [
      {
        kind: 'paragraph',
        text: test ? 'You asked for a test: mail from this subscription arrives.' : `This happened on ${time}.`,
      },
      ...facts.map((fact) => ({ kind: 'code' as const, ...fact })),
    ],
    footer: whyThisMail(context),
  };
}

/** What is inside a value has a line of its own: `Threshold, above`. */
function factsOf(data: Readonly<Record<string, unknown>>, within = ''): { label: string; text: string }[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const label = within === '' ? spelledOut(key) : `${within}, ${spelledOut(key).toLowerCase()}`;
    const inner = Fields.safeParse(value).data;
    if (inner) return factsOf(inner, label);
    return [{ label, text: z.string().safeParse(value).data ?? JSON.stringify(value) ?? '' }];
  });
}

const Fields = z.record(z.string(), z.unknown());

/** `price.alert` as Price alert, `changePercent` as Change percent. */
function spelledOut(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/[._-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const instant = (timestamp: string): string => `${longDate(timestamp.slice(0, 10))}, ${timestamp.slice(11, 16)} UTC`;

const whyThisMail = ({ publicUrl, subscriptionId, unsubscribeUrl }: MailContext): string =>
  `You receive this because of the StockTool subscription ${subscriptionId}. To receive no more: ${
    unsubscribeUrl ?? new URL(`/v1/subscriptions/${subscriptionId}`, publicUrl).href
  }`;

const longDate = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** Fractions as per cent; an undefined figure says so. */
const percent = (fraction: number | null): string =>
  fraction === null ? 'undefined' : `${grouped.format(fraction * 100).replace('-', '\u2212')} %`;
const ratio = (value: number | null): string =>
  value === null ? 'undefined' : grouped.format(value).replace('-', '\u2212');
const grouped = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
