import { Problem } from '@stocktool/contracts';

interface ServiceError extends Error {
  /** Absent on what failed before the SDK sent anything. */
  $metadata?: { httpStatusCode?: number };
  $retryable?: { throttling?: boolean };
}

const transientNames = new Set([
  'InternalServerError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** Whether the call may well succeed later: throttled, failed on the service's side, or never answered. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, $metadata, $retryable } = error as ServiceError;
  if ($metadata === undefined || name === 'AbortError') return false;
  if ($retryable?.throttling || transientNames.has(name)) return true;
  const status = $metadata.httpStatusCode;
  return status === undefined || (status >= 500 && status !== 501);
}

/**
 * The error to throw when a call failed after the SDK's own retries: a retryable Problem when the service is not available,
 * otherwise the error as it is, for it is a fault of ours.
 */
export function asProblem(error: unknown, service: string): unknown {
  if (!isUnavailable(error)) return error;
  return new Problem('dependency-unavailable', `${service} is not available.`, { cause: error, retryAfterSeconds: 5 });
}
