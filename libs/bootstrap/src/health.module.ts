import { Controller, type DynamicModule, Get, Inject, Module, Res, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
  TerminusModule,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import type { HealthCheck } from './health-checks';
import { ServiceState } from './service-state';

const healthChecks = Symbol('health checks');
const timeoutMs = 2000;
const keepMs = 2000;

/** `/health/live` for load balancers: no dependency decides about it. `/health/ready` for start-up, people and alarms. */
@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly state: ServiceState,
    @Inject(healthChecks) private readonly checks: readonly HealthCheck[],
  ) {}

  @Get('live')
  live(@Res({ passthrough: true }) reply: FastifyReply): { status: string } {
    if (!this.state.draining) return { status: 'ok' };
    reply.code(503);
    return { status: 'draining' };
  }

  /** Terminus' own format, also when it fails. Answers are kept for two seconds, so that asking often costs nothing. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    try {
      const result = await this.health.check(this.checks.map((check) => () => this.run(check)));
      if (this.state.draining) reply.code(503);
      return result;
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.code(503);
      return error.getResponse();
    }
  }

  private async run(check: HealthCheck): Promise<HealthIndicatorResult> {
    const attempt = this.indicators.check(check.name).attempt(async ({ signal }) => {
      await check.check(signal);
    });
    const result = await attempt.withTimeout(timeoutMs).cacheFor(keepMs);
    const outcome = result[check.name];
    if (!check.informational || outcome?.status !== 'down') return result;
    const { status, ...rest } = outcome;
    return this.indicators.check(check.name).up({ ...rest, reported: status });
  }
}

@Module({})
export class HealthModule {
  /** Import once in the app's module with what the service itself needs. */
  static register({ checks }: { checks: readonly HealthCheck[] }): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [{ provide: healthChecks, useValue: checks }],
    };
  }
}
