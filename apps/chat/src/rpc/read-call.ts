import { problemOfIssues } from '@stocktool/bootstrap';
import { parseJson, Problem, type RpcText } from '@stocktool/contracts';
import { z } from 'zod';

/**
 * What a call asks for. Problem `validation-failed` with the fields at fault; `dependency-unavailable` where a gateway, which has
 * checked what the user sent, passes on fields that this version does not know yet: it is newer, and a newer chat service will do.
 */
export function readCall<Schema extends z.ZodType>(schema: Schema, { json }: RpcText): z.output<Schema> {
  try {
    return parseJson(schema, json);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    if (error.issues.every(({ code }) => code === 'unrecognized_keys'))
      throw new Problem('dependency-unavailable', 'A service is being replaced by one that knows this request.', {
        cause: error,
        retryAfterSeconds: 5,
      });
    throw problemOfIssues(error.issues);
  }
}
