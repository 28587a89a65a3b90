export { createLogger, loggerModule, type LoggerOptions } from './logger';
export { type Dimensions, Metrics } from './metrics';
export { MetricSink, MetricsFlusher, type MetricsFlusherOptions } from './metrics-flusher';
export { redact, redactText } from './redact';
export { requestLine } from './request-line';
export { RequestContext, type RequestScope } from './request-context';
