import 'reflect-metadata';
import { SchemaPipe } from '@stocktool/bootstrap';
import { Metrics } from '@stocktool/observability';
import { Authenticator } from './access/authenticator';
import { RateLimits } from './access/rate-limits';
import { SecurityHeaders } from './access/security-headers';

/**
 * The gateway as it is but for what the arguments name, so that the cost of each part of a request can be measured
 * (`npm run bench -- market-data`). A program of its own, in no bundle.
 */
const nothing = () => undefined;
const anybody = { userId: 'anybody', roles: [], scopes: ['read'], credentialId: 'none' } as const;

const leaveOut: Record<string, () => void> = {
  log: () => (process.env['LOG_LEVEL'] = 'warn'),
  metrics: () => Object.assign(Metrics.prototype, { count: nothing, time: nothing }),
  validation: () => Object.assign(SchemaPipe.prototype, { transform: (value: unknown) => value }),
  limits: () => Object.assign(RateLimits.prototype, { refuseExhausted: nothing, user: nothing, stranger: nothing }),
  authentication: () => Object.assign(Authenticator.prototype, { remembered: () => anybody }),
  headers: () => Object.assign(SecurityHeaders.prototype, { onModuleInit: nothing }),
};
for (const part of process.argv.slice(2)) leaveOut[part]!();
await import('./main');
