import { describeKept } from '@stocktool/testing';
import { DeadLetter } from '@stocktool/contracts';
import { Claim } from './claim-ledger';
import { FailureRow } from './failure-ledger';

describeKept('rows/idempotency/claim', Claim);
describeKept('rows/idempotency/failures', FailureRow);
describeKept('rows/idempotency/dlq', DeadLetter);
