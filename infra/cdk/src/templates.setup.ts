import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeApp } from './app';
import { production } from './environments';

/** `templates.setup.ts DIRECTORY`: the templates of every environment, of one with a second region and of one with live market data and models, with all checks of a synth. */
const [, , directory = ''] = process.argv;
rmSync(directory, { recursive: true, force: true });
const functionBundle = path.join(directory, 'function');
mkdirSync(functionBundle, { recursive: true });
writeFileSync(path.join(functionBundle, 'handler.js'), 'export const handler = () => undefined;');

makeApp({ outputDirectory: path.join(directory, 'environments'), functionBundle }).synth();
makeApp({
  outputDirectory: path.join(directory, 'two-regions'),
  functionBundle,
  environments: [{ ...production, secondRegion: { region: 'us-east-2', witness: 'us-west-2' } }],
}).synth();
makeApp({
  outputDirectory: path.join(directory, 'live'),
  functionBundle,
  environments: [
    {
      ...production,
      marketData: { mode: 'live', vendors: ['finnhub', 'yahoo'] },
      models: { order: ['azure/gpt-4.1=prod', 'openai/gpt-4.1'], azureEndpoint: 'https://models.example' },
    },
  ],
}).synth();
