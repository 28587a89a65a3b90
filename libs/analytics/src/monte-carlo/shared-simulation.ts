import { PathSimulator } from './path-simulator';
import { blocksOf, bytesOf, pathsIn, type SimulatedPaths, type SimulationPlan } from './simulation-plan';

/** A simulation in memory that threads share: the thread that needs it, and those that have nothing else to do. */
export interface SharedSimulation {
  readonly plan: SimulationPlan;
  readonly paths: SharedArrayBuffer;
  /** Three numbers, then one for each block: 1 when it is done. */
  readonly state: SharedArrayBuffer;
}

const [nextBlock, doneBlocks, helpersShallStop, firstBlock] = [0, 1, 2, 3];
const stateOf = ({ state }: SharedSimulation) => new Int32Array(state);

export function shareSimulation(plan: SimulationPlan): SharedSimulation {
  return {
    plan,
    paths: new SharedArrayBuffer(bytesOf(plan)),
    state: new SharedArrayBuffer((firstBlock + blocksOf(plan)) * Int32Array.BYTES_PER_ELEMENT),
  };
}

/** Blocks are left that nobody has begun. */
export const hasOpenBlocks = (simulation: SharedSimulation): boolean =>
  Atomics.load(stateOf(simulation), nextBlock) < blocksOf(simulation.plan);

/** Helpers end their block and come back; `resume` lets others help again. */
export const callHelpersBack = (simulation: SharedSimulation): void =>
  void Atomics.store(stateOf(simulation), helpersShallStop, 1);
export const resume = (simulation: SharedSimulation): void =>
  void Atomics.store(stateOf(simulation), helpersShallStop, 0);

/** Nobody needs it any more. */
export const giveUp = (simulation: SharedSimulation): void =>
  void Atomics.store(stateOf(simulation), nextBlock, blocksOf(simulation.plan));

/** Computes blocks until none is open, or until helpers are called back. */
export function helpSimulation(simulation: SharedSimulation): void {
  const state = stateOf(simulation);
  const work = workOn(simulation, state);
  const blocks = blocksOf(simulation.plan);
  while (Atomics.load(state, helpersShallStop) === 0) {
    const block = Atomics.add(state, nextBlock, 1);
    if (block >= blocks) return;
    work(block);
  }
}

/**
 * Computes blocks until all are done. What a helper has begun and not finished is computed here too: it gives the same bits wherever
 * it is computed, so there is nothing to wait for, and a helper that dies is not missed.
 */
export function completeSimulation(simulation: SharedSimulation, tell: (fraction: number) => void): SimulatedPaths {
  const state = stateOf(simulation);
  const work = workOn(simulation, state);
  const blocks = blocksOf(simulation.plan);
  for (let block = Atomics.add(state, nextBlock, 1); block < blocks; block = Atomics.add(state, nextBlock, 1)) {
    work(block);
    tell(Atomics.load(state, doneBlocks) / blocks);
  }
  for (let block = 0; block < blocks; block++) if (Atomics.load(state, firstBlock + block) === 0) work(block);
  return pathsIn(simulation.paths, simulation.plan);
}

function workOn({ plan, paths }: SharedSimulation, state: Int32Array<SharedArrayBuffer>) {
  const simulator = new PathSimulator(plan);
  const into = pathsIn(paths, plan);
  return (block: number) => {
    simulator.simulate(block, into);
    if (Atomics.exchange(state, firstBlock + block, 1) === 0) Atomics.add(state, doneBlocks, 1);
  };
}
