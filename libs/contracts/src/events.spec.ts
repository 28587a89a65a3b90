import { eventTypes, makeEvent, StockToolEvent } from './events';
import { EventFilter, filterTakes } from './notifications';

const time = new Date('2026-01-05T14:30:00.000Z');
const userId = '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f';

describe('events', () => {
  it('are CloudEvents whose data fits their type', () => {
    const event = makeEvent('price.alert', {
      id: 'alert-1',
      source: 'market-data',
      time,
      data: {
        userId,
        alertId: userId,
        symbol: 'AAPL',
        price: 130,
        condition: 'above 129',
        asOf: '2026-01-05T14:29:00.000Z',
        source: 'bundled',
      },
    });
    expect(event).toMatchObject({ specversion: '1.0', type: 'price.alert', time: '2026-01-05T14:30:00.000Z' });
    expect(StockToolEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  it('are refused when the data belongs to another type', () => {
    const document = { userId, documentId: userId, name: 'a', chunks: 1 };
    expect(() => makeEvent('analysis.failed', { id: '1', source: 's', time, data: document as never })).toThrow();
  });
});

describe('EventFilter', () => {
  it('takes each type and each family, and nothing else', () => {
    for (const type of eventTypes) expect(EventFilter.safeParse(type).success).toBe(true);
    expect(EventFilter.safeParse('analysis.*').success).toBe(true);
    for (const wrong of ['*', 'analysis', 'analysis.started', 'analysis.**'])
      expect(EventFilter.safeParse(wrong).success).toBe(false);
  });

  it('matches a family by its whole first word', () => {
    expect(filterTakes('analysis.*', 'analysis.completed')).toBe(true);
    expect(filterTakes('alarm.*', 'analysis.completed')).toBe(false);
    expect(filterTakes('analysis.completed', 'analysis.failed')).toBe(false);
  });
});
