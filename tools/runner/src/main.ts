import { oneLine } from './failure';

// The commands are loaded inside: settings that are wrong are told like any other failure.
try {
  const { run } = await import('./commands');
  process.exit(await run(process.argv.slice(2)));
} catch (error) {
  console.error(oneLine(error));
  process.exit(1);
}
