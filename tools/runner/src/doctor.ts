import { statfsSync } from 'node:fs';
import { isWrong, provision } from '@stocktool/provision';
import { call } from './http';
import { isFree } from './preconditions';
import { awsEndpoint, awsEnvironment, ports, publicUrl, region, root } from './settings';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** `npm run doctor`: the prerequisites, then each resource beside the topology, a line each. Exit 1 when one is wrong. */
export async function doctor(): Promise<number> {
  Object.assign(process.env, awsEnvironment);
  const checks = [nodeVersion(), diskSpace(), ...(await running())];
  checks.forEach(print);
  const up = await call('GET', `${awsEndpoint}/_localstack/health`).then(
    () => true,
    () => false,
  );
  if (!up) {
    print({ name: `AWS at ${awsEndpoint}`, ok: false, detail: 'does not answer; `npm start` brings it up' });
    return 1;
  }
  const findings = await provision({ region, endpoint: awsEndpoint, consoleOrigins: [publicUrl], apply: false });
  for (const finding of findings)
    print({
      name: finding.resource,
      ok: !isWrong(finding),
      detail: [finding.state, finding.detail].filter(Boolean).join(': '),
    });
  const wrong = findings.filter(isWrong).length + checks.filter(({ ok }) => !ok).length;
  console.log(wrong === 0 ? `\nAll well: ${findings.length} resources as declared.` : `\n${wrong} wrong.`);
  return wrong === 0 ? 0 : 1;
}

const print = ({ name, ok, detail }: Check) =>
  console.log(`${ok ? 'ok   ' : 'WRONG'}  ${name}${detail && ` — ${detail}`}`);

const nodeVersion = (): Check => ({
  name: 'Node 24 or later',
  ok: Number(process.versions.node.split('.')[0]) >= 24,
  detail: process.version,
});

function diskSpace(): Check {
  const { bavail, bsize } = statfsSync(root);
  const megabytes = Math.floor((bavail * bsize) / 1024 ** 2);
  return { name: 'disk space', ok: megabytes >= 200, detail: `${megabytes} MB free` };
}

async function running(): Promise<Check[]> {
  const services = {
    'api-gateway': ports.gateway,
    chat: ports.chat,
    'analysis-worker': ports.worker,
    notifier: ports.notifier,
    'metrics-collector': ports.metricsCollector,
  };
  return Promise.all(
    Object.entries(services).map(async ([name, port]) => {
      const answer = await call('GET', `http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      if (answer !== undefined)
        return {
          name: `${name} on ${port}`,
          ok: answer.status === 200,
          detail: answer.status === 200 ? 'ready' : 'not ready',
        };
      const free = await isFree(port);
      return {
        name: `${name} on ${port}`,
        ok: free,
        detail: free ? 'not running, port free' : 'something else uses the port',
      };
    }),
  );
}
