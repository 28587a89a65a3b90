/** One part of `npm run bench -- analytics`: a file of this folder, named in analytics.bench.ts. */
export interface Section {
  /** Also the name of what is kept: bench/results/analytics-<name>.json. */
  readonly name: string;
  readonly title: string;
  /** Python packages without which there is nothing to compare with; others it may look for in `missing`. */
  readonly needs: readonly string[];
  /** Prints its own lines and gives what is to be kept. */
  readonly run: (python: { interpreter: string; missing: readonly string[] }) => Promise<object>;
}
