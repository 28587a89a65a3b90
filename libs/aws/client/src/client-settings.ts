export interface ClientLimits {
  /** Time from sending a request to the end of its answer; must exceed the wait of a long poll. */
  requestTimeoutMs?: number;
  maxSockets?: number;
}

/**
 * What every SDK client of ours is made with: kept-alive connections of its own, five attempts in the standard retry mode,
 * and timeouts that really end a request. Region, endpoint, credentials and user-agent id come through the SDK's own chain.
 * Standard, not adaptive: adaptive holds all callers of a client back after one throttled partition.
 */
export function clientSettings({ requestTimeoutMs = 10_000, maxSockets = 64 }: ClientLimits = {}) {
  const agent = { keepAlive: true, maxSockets };
  return {
    maxAttempts: 5,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 2000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  } as const;
}
