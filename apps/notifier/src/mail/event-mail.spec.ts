import { eventMail } from './event-mail';
import { renderMail } from './mail-document';

const context = { publicUrl: 'https://stocktool.example', subscriptionId: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f' };

describe('the mail of an event without a page of its own', () => {
  const mail = eventMail(
    {
      type: 'price.alert',
      timestamp: '2026-01-05T14:30:00.000Z',
      data: { userId: 'secret-id', sequence: 7, symbol: 'AAPL', changePercent: 3.5, crossed: { above: 130 } },
    },
    context,
  );
  const { subject, text } = renderMail(mail);

  it('tells it in words: what, when, each fact on a line', () => {
    expect(subject).toBe('StockTool: Price alert');
    expect(text).toContain('This happened on 5 January 2026, 14:30 UTC.');
    expect(text).toContain('Symbol\nAAPL');
    expect(text).toContain('Change percent\n3.5');
    expect(text).toContain('Crossed, above\n130');
  });

  it('leaves out what only programs need', () => expect(text).not.toMatch(/secret-id|Sequence/));
});
