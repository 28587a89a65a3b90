import { describeKept } from '@stocktool/testing';
import { StoredKey } from './api-keys/api-key.table';
import { EmailRow, StoredAccount } from './auth/account.table';
import { StoredToken } from './auth/mailed-token.table';
import { StoredClaim } from './idempotency/idempotency.table';
import { Erasure } from './privacy/erasure.table';
import { StoredSession } from './sessions/session.table';

describeKept('rows/users/account', StoredAccount);
describeKept('rows/users/erasure', Erasure);
describeKept('rows/users/email', EmailRow);
describeKept('rows/users/session', StoredSession);
describeKept('rows/users/apiKey', StoredKey);
describeKept('rows/users/token', StoredToken);
describeKept('rows/idempotency/http', StoredClaim);
