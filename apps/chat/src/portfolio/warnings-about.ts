import type { AnalysisWarning } from '@stocktool/contracts';

/** Of figures that no tool shows, or that are seen to be missing. */
const unsaid: ReadonlySet<string> = new Set(['outside-cornish-fisher', 'undefined-figure']);

/** What is to be known about the data, each thing once. */
export const warningsAbout = (...lists: readonly (readonly AnalysisWarning[] | undefined)[]): string[] => [
  ...new Set(lists.flatMap((list = []) => list.filter(({ code }) => !unsaid.has(code)).map(({ message }) => message))),
];
