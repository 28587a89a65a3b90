import { Worker } from 'node:worker_threads';

/** A computation needs little memory, and makes much short-lived: a small nursery keeps a thread small, and costs nothing that shows. */
const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };

/** Bundled, the program lies beside ours; from source it is TypeScript, which a thread loads through the same hooks. */
export function startAnalysisThread(): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./analysis.thread.js', import.meta.url), { resourceLimits });
  const hooks = new URL('../../../../tools/typescript-hooks.mjs', import.meta.url).href;
  return new Worker(new URL('./analysis.thread.ts', import.meta.url), {
    execArgv: ['--import', hooks],
    resourceLimits,
  });
}
