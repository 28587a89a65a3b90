import { pathsTogether } from './batches';
import { Kernel } from './kernel';
import { quasiNormal } from './quasi-normal';
import {
  blocksOf,
  bytesOf,
  pathsIn,
  pathsPerBlock,
  type GaussianDynamics,
  type ResampledDynamics,
  type SimulatedPaths,
  type SimulationPlan,
} from './simulation-plan';

const bytesPerAsset = 64;
const bytesPerTotal = 32;
const rowBytes = pathsPerBlock * Float32Array.BYTES_PER_ELEMENT;

/** Computes any block of a plan's paths. Blocks do not depend on one another, nor on who computes them. */
export class PathSimulator {
  private readonly kernel = new Kernel();
  private readonly out: number;
  private readonly totals: number = 0;

  constructor(private readonly plan: SimulationPlan) {
    const { kernel } = this;
    const { fanSteps, sharesHeld, weights, dynamics } = plan;
    const values = kernel.room(dynamics.assets * bytesPerAsset);
    kernel.exports.describePortfolio(sharesHeld, dynamics.assets, kernel.place(weights), values);
    kernel.exports.describeRecord(fanSteps.length, kernel.place(fanSteps), rowBytes);
    if (dynamics.kind === 'gaussian') this.describeShocks(dynamics);
    else this.describeHistory(dynamics);
    if (plan.quasiBatches > 0) {
      kernel.exports.describeTotals(kernel.room(plan.steps * bytesPerTotal));
      this.totals = kernel.room(rowBytes / 2);
    }
    this.out = kernel.room((fanSteps.length + 1) * rowBytes);
  }

  /** Puts the paths of a block where they belong. */
  simulate(block: number, into: SimulatedPaths): void {
    const { kernel, out, plan } = this;
    const { seed, steps, paths, fanSteps, dynamics } = plan;
    const from = block * pathsPerBlock;
    const count = Math.min(pathsPerBlock, paths - from);
    const chunks = Math.ceil(count / pathsTogether);
    kernel.exports.seedStreams(seed, block);
    if (this.totals !== 0) this.placeTotals(from);
    if (dynamics.kind === 'gaussian') kernel.exports.simulateGaussian(steps, chunks, out, this.totals);
    else kernel.exports.simulateResampled(steps, chunks, out);
    const row = (index: number) => kernel.floats(out + index * rowBytes, count);
    into.fan.forEach((day, index) => {
      if (from < day.length) day.set(row(index), from);
    });
    into.terminal.set(row(fanSteps.length - 1), from);
    into.deepestFall.set(row(fanSteps.length), from);
  }

  private placeTotals(from: number): void {
    const { seed, paths, quasiBatches: batches } = this.plan;
    const pairs = pathsTogether / 2;
    const values = this.kernel.floats(this.totals, pathsPerBlock / 2);
    for (let i = 0; i < values.length; i++) {
      const path = from + Math.floor(i / pairs) * pathsTogether + (i % pairs);
      values[i] = quasiNormal(Math.min(path, paths - 1), { seed, paths, batches });
    }
  }

  private describeShocks({ assets, triangle, slopes, constants, ...rest }: GaussianDynamics): void {
    const { kernel } = this;
    const at = [triangle, slopes, constants].map((values) => kernel.place(values)) as [number, number, number];
    kernel.exports.describeShocks(assets, ...at, rest.constant);
    kernel.exports.describeTails(rest.doublings, rest.degreesOfFreedom);
  }

  private describeHistory({ assets, table, rows, blockLength, volatility }: ResampledDynamics): void {
    const { kernel } = this;
    kernel.exports.describeHistory(assets, rows, kernel.place(table), blockLength);
    if (volatility === undefined) kernel.exports.describeVolatility(0, 0);
    else kernel.exports.describeVolatility(kernel.place(volatility), kernel.room(assets * bytesPerAsset));
  }
}

/** How the paths of a plan come to be: in this thread, or with the help of others. */
export type Simulate = (plan: SimulationPlan) => SimulatedPaths;

/** All paths, here and now. */
export const simulateHere: Simulate = (plan) => {
  const simulator = new PathSimulator(plan);
  const paths = pathsIn(new ArrayBuffer(bytesOf(plan)), plan);
  for (let block = 0; block < blocksOf(plan); block++) simulator.simulate(block, paths);
  return paths;
};
