import { parentPort } from 'node:worker_threads';
import { helpSimulation, type SharedSimulation } from '@stocktool/analytics';

/** A thread that helps with whatever simulation it is sent. */
parentPort?.on('message', (simulation: SharedSimulation) => {
  helpSimulation(simulation);
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
