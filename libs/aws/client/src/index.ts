export { clientSettings, type ClientLimits } from './client-settings';
export { asProblem, isUnavailable } from './unavailable';
