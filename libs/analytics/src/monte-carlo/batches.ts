const mostBatches = 32;
/** The 1 % tail of a batch shall hold a few paths. */
const leastPathsOfBatch = 250;

/** Into how many parts of consecutive paths a simulation is divided to see how far its figures are from one another. */
export const batchesOf = (paths: number): number => Math.min(mostBatches, Math.floor(paths / leastPathsOfBatch));

/** The first path of a batch; of the batch after the last, the number of paths. */
export const firstPathOf = (batch: number, paths: number, batches: number): number =>
  Math.floor((batch * paths) / batches);

/** The batch of a path, and the first path of it. */
export function batchOf(path: number, paths: number, batches: number): { batch: number; first: number } {
  let batch = Math.min(batches - 1, Math.floor((path * batches) / paths));
  while (batch + 1 < batches && firstPathOf(batch + 1, paths, batches) <= path) batch++;
  while (firstPathOf(batch, paths, batches) > path) batch--;
  return { batch, first: firstPathOf(batch, paths, batches) };
}
