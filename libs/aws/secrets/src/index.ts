export { KeySet, type SigningKey } from './key-set';
export { Secrets } from './secrets';
export { SecretsModule } from './secrets.module';
export { verifyToken } from './verify-token';
