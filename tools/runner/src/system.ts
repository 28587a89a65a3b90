import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Inbox } from '@stocktool/inbox';
import { isWrong, provision } from '@stocktool/provision';
import { seedDemoAccount, type DemoAccount } from './demo-account';
import { call, until } from './http';
import { endLeftBehind } from './left-behind';
import { requireDiskSpace, requirePorts } from './preconditions';
import { ProcessGroup } from './process-group';
import { scheduleStockUpdater } from './stock-updater';
import { allServices, chatRpcPorts, type Instances, type ServiceStart } from './services';
import { Failure, oneLine } from './failure';
import { awsEndpoint, awsEnvironment, bundle, directories, embedded, ports, publicUrl, region, root } from './settings';
import { Releases } from './versions/releases';
import { buildAll } from './workspace-build';

const endpointName = 'local-aws';
const endpointTimeoutMs = 15_000;
const readyTimeoutMs = 45_000;
const provisionTimeoutMs = 60_000;
const endpointGraceMs = 2000;

export interface SystemOptions {
  readonly instances: Instances;
  /** Without it everything runs from this checkout. */
  readonly releases?: Releases;
  readonly say: (line: string) => void;
  /** Called once when something ends that cannot be brought back. */
  readonly failed: (line: string) => void;
}

/** The whole system on this machine: embedded AWS, five services, inbox, schedule. */
export class System {
  private readonly group: ProcessGroup;
  private readonly inbox = new Inbox({ smtpPort: ports.smtp, webPort: ports.inbox });
  private readonly stopping = new AbortController();
  private readonly releases: Releases;
  private stopSchedule: (() => void) | undefined;

  constructor(private readonly options: SystemOptions) {
    this.group = new ProcessGroup(options.say, options.failed);
    this.releases = options.releases ?? new Releases();
  }

  async start(): Promise<DemoAccount> {
    const { say, instances } = this.options;
    requireDiskSpace();
    await endLeftBehind();
    this.group.record();
    const services = allServices(instances);
    await requirePorts({
      ...(embedded && { 'embedded AWS': ports.aws }),
      'local mail': ports.smtp,
      inbox: ports.inbox,
      ...Object.fromEntries(chatRpcPorts(instances.others).map((port) => [`chat gRPC on ${port}`, port])),
      ...Object.fromEntries(services.map(({ name, port }) => [name, port])),
    });
    say('Building what changed …');
    await buildAll(this.stopping.signal);
    Object.assign(process.env, awsEnvironment);
    freshLogs();

    await this.inbox.listen().catch((error: unknown) => {
      throw new Failure(`The local inbox could not start: ${oneLine(error)}`);
    });
    if (embedded) await this.startEndpoint();
    await this.provision();
    services.forEach((service) => this.group.start(() => this.releases.of(service)));
    await this.ready(services);
    const demo = await seedDemoAccount(publicUrlOnLoopback(), (address) =>
      Promise.resolve(this.inbox.tokenFor(address)),
    );
    this.stopSchedule = scheduleStockUpdater(say);
    return demo;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.stopSchedule?.();
    const services = Object.keys(this.group.processIds).filter((name) => name !== endpointName);
    await this.group.stop(services);
    await this.group.stop([endpointName], endpointGraceMs);
    this.inbox.close();
  }

  private async startEndpoint(): Promise<void> {
    const endpoint = {
      name: endpointName,
      script: bundle('tools/local-aws'),
      environment: { LOCAL_AWS_PORT: String(ports.aws), LOCAL_AWS_DATA_DIR: directories.aws },
    };
    this.group.start(() => endpoint);
    const up = await until(
      async () => ((await call('GET', `${awsEndpoint}/_localstack/health`)).status === 200 ? true : undefined),
      endpointTimeoutMs,
      20,
    );
    if (up === undefined)
      throw new Failure(
        `The embedded AWS endpoint did not start; its log: ${path.join(directories.logs, 'local-aws.log')}`,
      );
  }

  private async provision(): Promise<void> {
    const release = this.releases.directoryOf('provision');
    if (release !== root) return provisionAs(release);
    const findings = await provision({ region, endpoint: awsEndpoint, consoleOrigins: [publicUrl], apply: true });
    const [wrong] = findings.filter(isWrong);
    if (wrong !== undefined) throw new Failure(`${wrong.resource} is not as declared: ${wrong.detail}`);
    const changed = findings.filter(({ state }) => state !== 'ok').length;
    this.options.say(
      changed === 0
        ? `${findings.length} AWS resources as declared.`
        : `${changed} of ${findings.length} AWS resources made or corrected.`,
    );
  }

  private async ready(services: readonly ServiceStart[]): Promise<void> {
    const results = await Promise.all(
      services.map(async ({ name, port }) => ({
        name,
        up: await until(
          async () => ((await call('GET', `http://127.0.0.1:${port}/health/ready`)).status === 200 ? true : undefined),
          readyTimeoutMs,
        ),
      })),
    );
    const missing = results.filter(({ up }) => up === undefined).map(({ name }) => name);
    if (missing.length > 0)
      throw new Failure(
        `Not ready after ${readyTimeoutMs / 1000} s: ${missing.join(', ')}; logs in ${directories.logs}`,
      );
  }
}

/** By the provisioner of another version, to its topology. */
function provisionAs(directory: string): void {
  execFileSync(process.execPath, [path.join(directory, 'infra/provision/dist/main.js')], {
    env: { ...process.env, ...awsEnvironment, CONSOLE_ORIGINS: publicUrl },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: provisionTimeoutMs,
  });
}

const publicUrlOnLoopback = () => `http://127.0.0.1:${ports.gateway}`;

/** One run before is kept: what ended it is still wanted when it has been started again. */
function freshLogs(): void {
  rmSync(directories.previousLogs, { recursive: true, force: true });
  if (existsSync(directories.logs)) renameSync(directories.logs, directories.previousLogs);
  mkdirSync(directories.logs, { recursive: true });
}
