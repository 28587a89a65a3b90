import { AwsError } from '../aws-error';

export const ddbError = (name: string, message: string, body: Record<string, unknown> = {}): AwsError =>
  new AwsError(`com.amazonaws.dynamodb.v20120810#${name}`, message, { body });

export const validation = (message: string): AwsError =>
  new AwsError('com.amazon.coral.validate#ValidationException', message);

interface DynaliteError {
  readonly statusCode?: unknown;
  readonly body?: { readonly __type?: unknown; readonly message?: unknown; readonly Message?: unknown };
}

/** dynalite throws errors with the answer in them; anything else is a bug of ours or a failing disk. */
export function fromDynalite(error: unknown): unknown {
  if (error instanceof AwsError || error === null || typeof error !== 'object') return error;
  const { statusCode, body } = error as DynaliteError;
  if (typeof statusCode !== 'number' || typeof body?.__type !== 'string') return error;
  const message = body.message ?? body.Message;
  return new AwsError(body.__type, typeof message === 'string' ? message : '', { status: statusCode });
}

export const isConditionFailure = (error: unknown): error is AwsError =>
  error instanceof AwsError && error.code.endsWith('#ConditionalCheckFailedException');
