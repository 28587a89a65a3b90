import { AsyncLocalStorage } from 'node:async_hooks';

/** What follows a request through every call, log line and message that comes of it. */
export interface RequestScope {
  readonly requestId: string;
  readonly traceparent?: string;
  userId?: string;
}

const storage = new AsyncLocalStorage<RequestScope>();

/** The scope of the request, gRPC call or queue message that is being worked on; none outside of one. */
export const RequestContext = {
  current: (): RequestScope | undefined => storage.getStore(),
  run: <Result>(scope: RequestScope, work: () => Result): Result => storage.run(scope, work),
  /** Names the caller once it is known, so that later log lines of this request carry it. */
  setUserId(userId: string): void {
    const scope = storage.getStore();
    if (scope) scope.userId = userId;
  },
} as const;
