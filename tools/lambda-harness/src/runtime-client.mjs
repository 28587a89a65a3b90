/**
 * The smallest Lambda runtime: loads the handler, then asks the Runtime API for one event after another and posts what the
 * handler answers or throws. What AWS runs in its place does the same with the same calls; plain JavaScript, so that what is
 * measured from the start of the process is the function, not a compiler.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

const described = (error) => ({
  errorType: error?.name ?? 'Error',
  errorMessage: error?.message ?? String(error),
  stackTrace: String(error?.stack ?? '')
    .split('\n')
    .slice(1),
});

async function post(route, value, headers = {}) {
  const body = JSON.stringify(value ?? null);
  const { status } = await fetch(`${api}${route}`, { method: 'POST', body, headers });
  if (status !== 202) throw new Error(`the Runtime API answered ${route} with ${status}`);
}

async function postError(route, error) {
  const value = described(error);
  await post(route, value, { 'lambda-runtime-function-error-type': value.errorType });
}

const [file, exported] = _HANDLER.split('.');
let handler;
try {
  ({ [exported]: handler } = await import(pathToFileURL(path.join(LAMBDA_TASK_ROOT, `${file}.js`)).href));
  if (typeof handler !== 'function') throw new TypeError(`${_HANDLER} is not a function`);
} catch (error) {
  await postError('/init/error', error);
  process.exit(1);
}

for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const requestId = next.headers.get('lambda-runtime-aws-request-id');
  const deadlineMs = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    invokedFunctionArn: next.headers.get('lambda-runtime-invoked-function-arn'),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  try {
    await post(`/invocation/${requestId}/response`, await handler(await next.json(), context));
  } catch (error) {
    await postError(`/invocation/${requestId}/error`, error);
  }
}
