import 'reflect-metadata';
import { readEnvironment, startService } from '@stocktool/bootstrap';
import { AppModule } from './app.module';
import { Environment } from './config';

const environment = readEnvironment(Environment, process.env);

await startService({
  name: 'chat',
  module: AppModule.register(environment),
  port: environment.PORT,
  env: process.env,
  grpc: { url: environment.GRPC_URL },
});
