const mostBatches = 32;
/** The 1 % tail of a batch shall hold a few paths. */
const leastPathsOfBatch = 250;
/** Eight paths and their mirror images, or sixteen of a resampling. No batch parts them, for batches have to be independent. */
export const pathsTogether = 16;

/** Into how many parts of consecutive paths a simulation is divided to see how far its figures are from one another. */
export const batchesOf = (paths: number): number => Math.min(mostBatches, Math.floor(paths / leastPathsOfBatch));

const groupsOf = (paths: number): number => Math.ceil(paths / pathsTogether);

/** The first path of a batch; of the batch after the last, the number of paths. */
export const firstPathOf = (batch: number, paths: number, batches: number): number =>
  Math.min(paths, pathsTogether * Math.floor((batch * groupsOf(paths)) / batches));

/** The batch of a path, and the first path of it. */
export function batchOf(path: number, paths: number, batches: number): { batch: number; first: number } {
  let batch = Math.min(batches - 1, Math.floor((Math.floor(path / pathsTogether) * batches) / groupsOf(paths)));
  while (batch + 1 < batches && firstPathOf(batch + 1, paths, batches) <= path) batch++;
  return { batch, first: firstPathOf(batch, paths, batches) };
}
