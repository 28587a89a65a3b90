import { eventTypes, queues as queueCatalogue } from '@stocktool/contracts';
import { accessPatterns, isDeclared, topology } from './index';

describe('topology', () => {
  it('gives every queue of the catalogue a dead-letter queue and an alarm on it', () => {
    for (const id of Object.keys(queueCatalogue) as (keyof typeof queueCatalogue)[]) {
      const { name, deadLetterName } = topology.queues[id];
      expect(deadLetterName).toBe(`${name}-dlq`);
      expect(topology.alarms.map((alarm) => alarm.name)).toContain(`${deadLetterName}-messages`);
    }
  });

  it('gives every event a topic', () => {
    for (const type of eventTypes) expect(topology.topics).toHaveProperty(topology.eventTopics[type]);
  });

  it('gives every service a heartbeat alarm', () => {
    for (const { name } of Object.values(topology.services))
      expect(topology.alarms.map((alarm) => alarm.name)).toContain(`stocktool-${name}-heartbeat`);
  });

  it('names every alarm once', () => {
    const names = topology.alarms.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('answers every access pattern by a key: no scan, and only indexes that exist', () => {
    for (const { table, operations, index } of accessPatterns) {
      expect(operations).not.toContain('Scan');
      if (index !== undefined) expect(topology.tables[table].indexes).toHaveProperty([index]);
    }
  });

  it('knows a declared question from an undeclared one', () => {
    expect(isDeclared('stocktool-analyses', 'Query', 'due-index')).toBe(true);
    expect(isDeclared('stocktool-analyses', 'Scan', undefined)).toBe(false);
    expect(isDeclared('stocktool-analyses', 'Query', 'user-index')).toBe(false);
  });
});
