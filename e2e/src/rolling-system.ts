import { rmSync } from 'node:fs';
import { topology } from '@stocktool/topology';
import { api, eventually, stateDirectory } from './client';
import type { Load } from './load';
import { LoadBalancer } from './load-balancer';
import { OwnSystem } from './own-system';
import { webhookReceiver } from './webhook-receiver';

/** Two of each service, with the port that its health is asked on. */
export interface Instance {
  readonly name: string;
  readonly port: number;
}

/** A system of its own with two of each service, its gateways behind a balancer, and a receiver of its webhooks. */
export class RollingSystem {
  readonly system: OwnSystem;
  readonly first: readonly Instance[];
  readonly second: readonly Instance[];
  baseUrl = '';
  private balancer: LoadBalancer | undefined;
  private hook: Awaited<ReturnType<typeof webhookReceiver>> | undefined;

  constructor(name: string) {
    const directory = `${stateDirectory}-${name}`;
    rmSync(directory, { recursive: true, force: true });
    this.system = new OwnSystem(Number(process.env['E2E_PORT_OFFSET'] ?? 12_000) + 2000, directory, {
      DRAIN_GRACE_SECONDS: '1',
      DRAIN_SECONDS: '20',
      SWEEP_SECONDS: '2',
      METRICS_FLUSH_SECONDS: '1',
      RATE_LIMIT_PER_MINUTE: '1000000',
      AUTH_RATE_LIMIT_PER_MINUTE: '1000',
    });
    const services = Object.values(topology.services);
    this.first = services.map(({ name: service, httpPort }) => ({
      name: service,
      port: httpPort + this.system.offset,
    }));
    this.second = this.first.map((instance) => ({ name: `${instance.name}-2`, port: instance.port + 10 }));
  }

  get instances(): readonly Instance[] {
    return [...this.first, ...this.second];
  }

  get gateways(): readonly Instance[] {
    return this.instances.filter(({ name }) => name.startsWith(topology.services.apiGateway.name));
  }

  /** Ready, with a webhook for every analysis of the demo account. */
  async start(...options: string[]): Promise<void> {
    await this.system.start('--instances', '2', '--workers', '2', ...options);
    this.balancer = new LoadBalancer(this.gateways.map(({ port }) => port));
    this.baseUrl = await this.balancer.listen();
    this.hook = await webhookReceiver();
    const { status } = await api('POST', `${this.baseUrl}/v1/subscriptions`, {
      apiKey: this.system.apiKey,
      body: { channel: 'webhook', target: this.hook.url, events: ['analysis.*'] },
    });
    expect(status).toBe(201);
  }

  async stop(): Promise<void> {
    this.hook?.close();
    this.balancer?.close();
    await this.system.interrupt();
  }

  signal(instances: readonly Instance[], name: NodeJS.Signals): void {
    for (const instance of instances) process.kill(this.system.processes[instance.name] ?? 0, name);
  }

  /** As a rolling deployment replaces one task: SIGTERM, and the next one only when the new one is ready. */
  async restart(instance: Instance): Promise<void> {
    const before = this.system.processes;
    if (before[instance.name] === undefined) throw new Error(`${instance.name} does not run`);
    this.signal([instance], 'SIGTERM');
    await this.replaced([instance], before);
  }

  /** Other processes have taken the places of these and are ready. */
  async replaced(instances: readonly Instance[], before: Readonly<Record<string, number>>): Promise<void> {
    for (const { name, port } of instances) {
      await eventually(`another ${name}`, () => Promise.resolve(this.system.processes[name] !== before[name]), 40_000);
      await eventually(`${name} is ready`, async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
        await answer?.body?.cancel();
        return answer?.status === 200;
      });
    }
    await eventually('both gateways get requests', () =>
      Promise.resolve(this.balancer?.healthy.length === this.gateways.length),
    );
  }

  /** How processes ended since a moment of the runner's output. */
  endsSince(from: number): string[] {
    const lines = this.system.output.slice(from).split('\n');
    return lines.flatMap((line) => /^(.*); started again/.exec(line)?.[1] ?? []).sort();
  }

  /** After the load: each analysis that was accepted has succeeded, and its webhook came, once. */
  async everythingArrived(load: Pick<Load, 'analyses'>): Promise<void> {
    const { apiKey } = this.system;
    const unfinished = new Set(load.analyses);
    await eventually(
      'every analysis ended',
      async () => {
        for (const id of unfinished) {
          const { body } = await api('GET', `${this.baseUrl}/v1/analyses/${id}`, { apiKey });
          if (body.status === 'failed') throw new Error(`analysis ${id} failed: ${JSON.stringify(body.error)}`);
          if (body.status === 'succeeded') unfinished.delete(id);
        }
        return unfinished.size === 0;
      },
      30_000,
    );
    const received = this.hook?.received ?? [];
    await eventually(
      'a webhook of each',
      () => Promise.resolve(new Set(received.map(({ id }) => id)).size >= load.analyses.length),
      30_000,
    );
    const told = received.map(
      ({ id, text }) => `${(JSON.parse(text) as { data: { analysisId: string } }).data.analysisId} ${id}`,
    );
    expect(told).toHaveLength(load.analyses.length);
    expect(new Set(told.map((line) => line.slice(0, 36)))).toEqual(new Set(load.analyses));
  }

  /** No message was given up by whoever read it. */
  async noDeadLetters(): Promise<void> {
    const { body } = await api('GET', `${this.baseUrl}/v1/admin/queues`, { apiKey: this.system.apiKey });
    const dead = (body.items as { dlq: { name: string; visible: number; lastReason: string | null } }[]).flatMap(
      ({ dlq }) => (dlq.visible > 0 ? [`${dlq.name}: ${dlq.visible}, the last because of ${dlq.lastReason}`] : []),
    );
    expect(dead).toEqual([]);
  }
}
