export { startLocalAws, type LocalAws, type LocalAwsOptions } from './local-aws';
export type { RecordedCall } from './calls';
