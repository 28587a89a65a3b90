import { randomUUID } from 'node:crypto';
import type { FunctionProcess } from './function-process';
import type { Outcome } from './runtime-api';

export interface FailureRecord {
  readonly version: '1.0';
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly condition: 'RetriesExhausted';
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext: { readonly statusCode: 200; readonly functionError: 'Unhandled' };
  readonly responsePayload: unknown;
}

export interface AsynchronousInvocation {
  readonly retries: number;
  /** Sends the record to the function's failure destination. */
  readonly onFailure: (record: FailureRecord) => Promise<void>;
}

/**
 * As the scheduler invokes: nobody waits, a failed event is tried again, and one that never works goes to the failure destination
 * in Lambda's own record. Lambda waits a minute and two between the attempts; here they follow at once.
 */
export async function invokeAsynchronously(
  target: Pick<FunctionProcess, 'invoke'>,
  event: unknown,
  { retries, onFailure }: AsynchronousInvocation,
): Promise<Outcome> {
  let outcome = await target.invoke(event);
  let attempts = 1;
  for (; outcome.kind === 'failed' && attempts <= retries; attempts++) outcome = await target.invoke(event);
  if (outcome.kind === 'failed')
    await onFailure({
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: { requestId: randomUUID(), condition: 'RetriesExhausted', approximateInvokeCount: attempts },
      requestPayload: event,
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: outcome.error,
    });
  return outcome;
}
