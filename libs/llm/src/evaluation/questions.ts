import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import { ExpectedFigure } from './expected-figure';

const EvaluationQuestion = z.strictObject({
  id: z.string(),
  group: z.string(),
  /** The last one is scored; those before it are asked first, in the same conversation. */
  asks: z.array(z.string()).min(1),
  asOf: z.iso.date().optional(),
  /** Each with arguments that it must have; none where nothing may be asked of a tool. */
  tools: z.array(z.tuple([z.string(), z.record(z.string(), z.unknown())])),
  figures: z.array(ExpectedFigure).default([]),
  /** The id of a page that must be cited. */
  cites: z.string().optional(),
  /** It must say that it cannot, or ask back. */
  refuses: z.boolean().default(false),
  /** Texts that must stand in the answer, whatever their case. */
  says: z.array(z.string()).default([]),
});
export type EvaluationQuestion = z.infer<typeof EvaluationQuestion>;

export const evaluationQuestions = (): EvaluationQuestion[] =>
  parseJson(
    z.array(EvaluationQuestion),
    readFileSync(path.resolve(import.meta.dirname, '../../evaluation/questions.json'), 'utf8'),
  );
