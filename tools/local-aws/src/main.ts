import { startLocalAws } from './local-aws';

const {
  LOCAL_AWS_PORT = '4566',
  LOCAL_AWS_HOST = '127.0.0.1',
  LOCAL_AWS_DATA_DIR,
  LOCAL_AWS_TTL_SWEEP_SECONDS = '60',
  LOCAL_AWS_RECOVERY_HOURS = '0',
  LOCAL_AWS_RECOVERY_LAG_SECONDS = '0',
  LOCAL_AWS_ACCESS_KEYS = '',
} = process.env;

function refuse(line: string): never {
  process.stderr.write(`local-aws: ${line}\n`);
  process.exit(1);
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < least || value > most) {
    refuse(`${name} must be a whole number from ${least} to ${most}`);
  }
  return value;
}

/** `key=secret,key=secret` */
const accessKeys = new Map(
  LOCAL_AWS_ACCESS_KEYS.split(',')
    .map((pair) => pair.trim().split('='))
    .filter((pair): pair is [string, string] => pair.length === 2 && pair[0] !== ''),
);

// The last line of defence: what slipped through is named, and everybody else goes on working.
process.on('uncaughtException', (error) => process.stderr.write(`local-aws: ${error.stack ?? error.message}\n`));
process.on('unhandledRejection', (reason) => process.stderr.write(`local-aws: ${String(reason)}\n`));

const port = whole('LOCAL_AWS_PORT', LOCAL_AWS_PORT, 0, 65_535);
try {
  const running = await startLocalAws({
    port,
    host: LOCAL_AWS_HOST,
    dataDir: LOCAL_AWS_DATA_DIR || undefined,
    ttlSweepSeconds: whole('LOCAL_AWS_TTL_SWEEP_SECONDS', LOCAL_AWS_TTL_SWEEP_SECONDS, 1, 86_400),
    recovery: {
      hours: whole('LOCAL_AWS_RECOVERY_HOURS', LOCAL_AWS_RECOVERY_HOURS, 0, 840),
      lagSeconds: whole('LOCAL_AWS_RECOVERY_LAG_SECONDS', LOCAL_AWS_RECOVERY_LAG_SECONDS, 0, 3600),
    },
    accessKeys,
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), 1800).unref();
    void running.stop().then(
      () => process.exit(0),
      (error: unknown) => refuse(String(error)),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdout.write(`local-aws ready ${running.url}\n`);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  refuse(code === 'EADDRINUSE' ? `port ${port} on ${LOCAL_AWS_HOST} is taken` : `cannot start: ${message}`);
}
