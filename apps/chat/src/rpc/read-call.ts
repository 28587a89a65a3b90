import { problemOfIssues } from '@stocktool/bootstrap';
import { parseJson, type RpcText } from '@stocktool/contracts';
import { z } from 'zod';

/** What a call asks for. Problem `validation-failed` with the fields at fault. */
export function readCall<Schema extends z.ZodType>(schema: Schema, { json }: RpcText): z.output<Schema> {
  try {
    return parseJson(schema, json);
  } catch (error) {
    throw error instanceof z.ZodError ? problemOfIssues(error.issues) : error;
  }
}
