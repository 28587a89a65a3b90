import { simulateHere } from './path-simulator';
import {
  callHelpersBack,
  completeSimulation,
  giveUp,
  hasOpenBlocks,
  helpSimulation,
  resume,
  shareSimulation,
} from './shared-simulation';
import type { SimulationPlan } from './simulation-plan';

/** Days of a made-up past, drawn one by one: forty blocks and a part of one. */
const plan: SimulationPlan = {
  seed: 7,
  paths: 40 * 256 + 100,
  steps: 20,
  fanSteps: Int32Array.of(1, 20),
  sharesHeld: false,
  quasiBatches: 0,
  weights: Float32Array.of(1),
  dynamics: {
    kind: 'resampled',
    assets: 1,
    rows: 50,
    table: Float32Array.from({ length: 50 }, (_, day) => Math.sin(day) / 50),
    blockLength: 1,
  },
};
const alone = simulateHere(plan);
const silent = () => undefined;
/** Claims the next block and does nothing about it, as a thread that dies. */
const claimAndDie = ({ state }: { state: SharedArrayBuffer }) => Atomics.add(new Int32Array(state), 0, 1);

describe('a shared simulation', () => {
  it('gives what one thread alone gives, and tells how much is done', () => {
    const told: number[] = [];
    expect(completeSimulation(shareSimulation(plan), (fraction) => told.push(fraction))).toEqual(alone);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
  });

  it('does not miss a helper that died with a block', () => {
    const simulation = shareSimulation(plan);
    claimAndDie(simulation);
    claimAndDie(simulation);
    expect(completeSimulation(simulation, silent)).toEqual(alone);
  });

  it('is helped until it is done; its owner has nothing left to do', () => {
    const simulation = shareSimulation(plan);
    helpSimulation(simulation);
    expect(hasOpenBlocks(simulation)).toBe(false);
    const told: number[] = [];
    expect(completeSimulation(simulation, (fraction) => told.push(fraction))).toEqual(alone);
    expect(told).toEqual([]);
  });

  it('sends helpers back when they are called, and takes them again', () => {
    const simulation = shareSimulation(plan);
    callHelpersBack(simulation);
    helpSimulation(simulation);
    expect(hasOpenBlocks(simulation)).toBe(true);
    resume(simulation);
    helpSimulation(simulation);
    expect(hasOpenBlocks(simulation)).toBe(false);
  });

  it('that nobody needs any more keeps no helper', () => {
    const simulation = shareSimulation(plan);
    giveUp(simulation);
    helpSimulation(simulation);
    expect(new Float32Array(simulation.paths).every((value) => value === 0)).toBe(true);
  });
});
