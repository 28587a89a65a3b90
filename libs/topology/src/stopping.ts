/**
 * How a process ends, in seconds from its SIGTERM. For `grace` it still takes everything, while load balancers look elsewhere;
 * for `drain` what was begun may finish (requests, replies, messages); `closing` is for giving back what did not, and for the
 * last metrics. Whoever stops a process waits for the sum of the three before it kills.
 */
export const stopping = {
  closingSeconds: 3.5,
  /** On AWS: longer than a reply that calls every tool in turn. Fargate waits for at most 120 s. */
  aws: { graceSeconds: 5, drainSeconds: 90 },
} as const;

export const stopTimeoutSeconds = (graceSeconds: number, drainSeconds: number): number =>
  graceSeconds + drainSeconds + stopping.closingSeconds;
