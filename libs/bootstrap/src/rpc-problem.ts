import { parseJson, Problem, type ProblemCode, ProblemDetails, problems } from '@stocktool/contracts';
import { z } from 'zod';
import { answerOf } from './problem-of';

/** What grpc-js sends to the caller: a status code and a text, here the problem as JSON. */
export interface RpcStatus {
  code: number;
  details: string;
  message: string;
}

const cancelled = 1;
const unknown = 2;
const deadlineExceeded = 4;
const unavailable = 14;
/** google.rpc.Code by HTTP status. */
const codeOfStatus: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  413: 11,
  415: 3,
  422: 9,
  429: 8,
  500: 13,
  501: 12,
  503: unavailable,
};

const RpcDetails = ProblemDetails.extend({ retryAfterSeconds: z.number().optional() });
const ServiceError = z.object({ code: z.number().int(), details: z.string() });
/** The text travels in an HTTP/2 header, which is small. */
const maxFaults = 20;
const maxText = 1000;

/** The status for any exception of a gRPC handler; bugs stay opaque. */
export function rpcStatusOf(exception: unknown): RpcStatus {
  const { details, retryAfterSeconds } = answerOf(exception);
  const body = {
    ...details,
    detail: details.detail?.slice(0, maxText),
    ...(details.errors && { errors: details.errors.slice(0, maxFaults) }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  const text = JSON.stringify(body);
  return { code: codeOfStatus[details.status] ?? unknown, details: text, message: text };
}

/**
 * The problem that the other side threw, from the error of a gRPC call. A server that is down or late becomes
 * `dependency-unavailable`, a call given up by us stays undefined, as does anything that is no gRPC error.
 */
function problemOfRpc(error: unknown): Problem | undefined {
  const status = ServiceError.safeParse(error);
  if (!status.success || status.data.code === cancelled) return undefined;
  const sent = sentProblem(status.data.details);
  if (sent) return sent;
  const { code } = status.data;
  if (code === unavailable || code === deadlineExceeded) {
    return new Problem('dependency-unavailable', 'A service behind this one does not answer.', {
      cause: error,
      retryAfterSeconds: 2,
    });
  }
  return new Problem('internal-error', 'A service behind this one failed.', { cause: error });
}

function sentProblem(text: string): Problem | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { type, detail, errors, retryAfterSeconds } = parseJson(RpcDetails, text);
    const code = type.replace('/problems/', '');
    if (!isProblemCode(code)) return undefined;
    return new Problem(code, detail ?? problems[code].title, {
      ...(errors && { errors }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  } catch {
    // Not a text of ours: the caller's fallback by status code applies.
    return undefined;
  }
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

/** Both directions under the name the other parts know. */
export const rpcProblem = { toStatus: rpcStatusOf, fromError: problemOfRpc } as const;
