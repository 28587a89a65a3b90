export { eventually } from './eventually';
export { FixedClock } from './fixed-clock';
export {
  localCloudWatch,
  localDynamo,
  localEndpoint,
  localS3,
  localSecrets,
  localSns,
  localSqs,
} from './local-clients';
export {
  createBucket,
  createQueuePair,
  createTable,
  type LocalQueuePair,
  type LocalResource,
  type NamedOptions,
} from './local-resources';
export { lostAnswers, type LostAnswers } from './lost-answers';
export { ManualMetrics } from './manual-metrics';
