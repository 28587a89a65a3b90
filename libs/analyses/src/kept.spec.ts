import { describeKept } from '@stocktool/testing';
import { RequestRow, StateRow } from './analysis-rows';

describeKept('rows/analyses/state', StateRow);
// A worker leaves a request with options that it does not know to a newer one.
describeKept('rows/analyses/request', RequestRow, { strangers: 'handed back' });
