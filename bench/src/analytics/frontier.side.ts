import { efficientFrontier } from '@stocktool/analytics';
import { readFrontierProblem } from './frontier-facts';
import { serve } from './node-side';

/** Our side of the frontier: from the numbers of the problem to 50 points with weights, every time anew. */
const [file, assets, most, points] = process.argv.slice(2);
const n = Number(assets);
const problem = {
  ...readFrontierProblem(file!, n),
  lower: new Float64Array(n),
  upper: new Float64Array(n).fill(Number(most)),
};
const frontier = () => efficientFrontier(problem, Number(points));

serve({
  frontier: () => void frontier(),
  answers: () => frontier().map((point) => ({ return: point.return, variance: point.variance })),
});
