import { z } from 'zod';
import { readEnvironment, ServiceEnvironment } from './environment';

const Environment = ServiceEnvironment.extend({ SMTP_URL: z.url() });

it('has defaults for what every service reads, and cannot be changed', () => {
  const config = readEnvironment(Environment, { SMTP_URL: 'smtp://localhost:1025', METRICS_FLUSH_SECONDS: '2.5' });
  expect(config).toEqual({
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    METRICS_FLUSH_SECONDS: 2.5,
    DRAIN_GRACE_SECONDS: 0,
    DRAIN_SECONDS: 4,
    SMTP_URL: 'smtp://localhost:1025',
  });
  expect(Object.isFrozen(config)).toBe(true);
});

it('names every fault, never a value', () => {
  const read = () => readEnvironment(Environment, { SMTP_URL: 'hunter2', METRICS_FLUSH_SECONDS: 'hunter2' });
  expect(read).toThrow(/METRICS_FLUSH_SECONDS.*SMTP_URL/);
  expect(read).not.toThrow(/hunter2/);
});
