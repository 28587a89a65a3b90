import { drainRates } from './drain/drain-rates';
import { flowLatencies } from './flow/flow-latencies';
import { keepResult } from './results';

/**
 * POST → webhook at 1, 10 and 50 jobs/s with the share of each hop, on a system started for it; then the drain rate of a
 * no-op job with all safeguards on beside a raw SDK loop, and of two consumers beside one.
 */
const drain = await drainRates();
const latencies = await flowLatencies([
  { jobsPerSecond: 1, seconds: 20 },
  { jobsPerSecond: 10, seconds: 20 },
  { jobsPerSecond: 50, seconds: 20 },
]);
keepResult('flow', { latencies, drain });
process.exit(0);
