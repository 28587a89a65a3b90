export { CloudWatch, type MetricQuery, type MetricValues } from './cloud-watch';
export { CloudWatchModule } from './cloud-watch.module';
