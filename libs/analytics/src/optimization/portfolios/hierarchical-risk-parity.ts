import { volatilitiesOf } from '../matrix';

/**
 * Hierarchical risk parity (Lopez de Prado 2016) as PyPortfolioOpt does it: single linkage on the distances sqrt((1 - correlation) / 2), leaves in
 * the order of the tree, then halves of that list weighted by the inverse of their variance at inverse-variance weights.
 */
export function hierarchicalRiskParity(covariance: Float64Array): Float64Array {
  const n = Math.round(Math.sqrt(covariance.length));
  const weights = new Float64Array(n).fill(1);
  const halve = (order: readonly number[]): void => {
    if (order.length < 2) return;
    const middle = order.length >> 1;
    const [first, second] = [order.slice(0, middle), order.slice(middle)];
    const [a, b] = [clusterVariance(covariance, n, first), clusterVariance(covariance, n, second)];
    for (const i of first) weights[i]! *= 1 - a / (a + b);
    for (const i of second) weights[i]! *= a / (a + b);
    halve(first);
    halve(second);
  };
  halve(leafOrder(covariance, n));
  return weights;
}

function clusterVariance(covariance: Float64Array, n: number, members: readonly number[]): number {
  const inverse = members.map((i) => 1 / covariance[i * n + i]!);
  const total = inverse.reduce((sum, each) => sum + each, 0);
  let variance = 0;
  members.forEach((i, a) =>
    members.forEach((j, b) => (variance += (inverse[a]! * inverse[b]! * covariance[i * n + j]!) / total ** 2)),
  );
  // Of assets that undo each other rounding alone is left, also below 0.
  return Math.max(0, variance);
}

/** Leaves of the single-linkage tree from left to right; of two clusters that join, the one that is older is left (as scipy numbers them). */
function leafOrder(covariance: Float64Array, n: number): number[] {
  const links = spanningTree(covariance, n).sort((a, b) => a.distance - b.distance);
  const cluster = Array.from({ length: n }, (_, i) => ({ id: i, leaves: [i] }));
  links.forEach(({ from, to }, k) => {
    const [a, b] = [cluster[from]!, cluster[to]!];
    const leaves = a.id < b.id ? [...a.leaves, ...b.leaves] : [...b.leaves, ...a.leaves];
    for (const leaf of leaves) cluster[leaf] = { id: n + k, leaves };
  });
  return cluster[0]!.leaves;
}

/** Prim's minimum spanning tree, whose edges are the merges of single linkage. */
function spanningTree(covariance: Float64Array, n: number): { from: number; to: number; distance: number }[] {
  const deviation = volatilitiesOf(covariance);
  const distanceOf = (i: number, j: number) =>
    Math.sqrt(Math.min(1, Math.max(0, (1 - covariance[i * n + j]! / (deviation[i]! * deviation[j]!)) / 2)));
  const nearest = new Float64Array(n).fill(Infinity);
  const joined = new Uint8Array(n);
  const links: { from: number; to: number; distance: number }[] = [];
  for (let from = 0; links.length < n - 1;) {
    joined[from] = 1;
    let to = -1;
    for (let i = 0; i < n; i++) {
      if (joined[i]) continue;
      nearest[i] = Math.min(nearest[i]!, distanceOf(from, i));
      if (to < 0 || nearest[i]! < nearest[to]!) to = i;
    }
    links.push({ from, to, distance: nearest[to]! });
    from = to;
  }
  return links;
}
