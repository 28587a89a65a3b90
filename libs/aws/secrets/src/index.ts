export { Secrets } from './secrets';
export { SecretsModule } from './secrets.module';
