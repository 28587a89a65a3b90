export { clientSettings, type ClientLimits } from './client-settings';
export { type CallOptions, type Calls, patiently, Pulse } from './pulse';
export { asProblem, isUnavailable } from './unavailable';
