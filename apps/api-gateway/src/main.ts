import 'reflect-metadata';
import { prewarmGrpc, readEnvironment, startService, swaggerDocs } from '@stocktool/bootstrap';
import { topology } from '@stocktool/topology';
import { AppModule } from './app.module';
import { Environment } from './config';
import { about } from './documentation/about';

const environment = readEnvironment(Environment, process.env);
const { TRUSTED_PROXY_HOPS: trustedHops } = environment;
await prewarmGrpc();
await startService({
  name: topology.services.apiGateway.name,
  module: AppModule.register(environment),
  port: environment.PORT,
  env: process.env,
  fastify: { trustProxy: trustedHops > 0 && ((_address, hop) => hop < trustedHops) },
  swagger: swaggerDocs({ ...about, directory: import.meta.dirname }),
});
