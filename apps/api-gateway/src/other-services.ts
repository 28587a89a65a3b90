import { grpcService, httpService, type HealthCheck } from '@stocktool/bootstrap';
import { topology } from '@stocktool/topology';
import type { Environment } from './config';

/** The other services, reported by `/health/ready` for information: their faults do not take the gateway out. */
export function otherServices({ CHAT_GRPC_URL, SERVICE_HEALTH_URLS }: Environment): HealthCheck[] {
  const { apiGateway: _, ...others } = topology.services;
  const given = new Map(SERVICE_HEALTH_URLS.map(({ name, url }) => [name, url]));
  return [
    grpcService(CHAT_GRPC_URL, 'chat (gRPC)'),
    ...Object.values(others).map(({ name, httpPort }) =>
      httpService(given.get(name) ?? `http://127.0.0.1:${httpPort}/health/live`, name),
    ),
  ];
}
