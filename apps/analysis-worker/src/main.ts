import 'reflect-metadata';
import { startService } from '@stocktool/bootstrap';
import { topology } from '@stocktool/topology';
import { AppModule } from './app.module';
import { readConfig } from './config';

const config = readConfig(process.env);
const { name } = topology.services.analysisWorker;
await startService({ name, module: AppModule.register(config), port: config.PORT, env: process.env });
