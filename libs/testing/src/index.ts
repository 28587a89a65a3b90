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
  createOwnTable,
  createOwnBucket,
  type LocalQueuePair,
  type LocalResource,
  type NamedOptions,
} from './local-resources';
export { describeKept, type KeptOptions } from './kept/describe-kept';
export { keep } from './kept/kept-versions';
export { lostAnswers, type LostAnswers } from './lost-answers';
export { ManualMetrics } from './manual-metrics';
export { RecordedYahoo } from './recorded-yahoo';
