import { z } from 'zod';
import { accountId } from '../account';
import type { Service } from '../http/exchange';
import { queryOperation, QueryService } from '../http/query-service';

/** Who am I: everyone is the root of the local account. */
export const stsService = (): Service =>
  new QueryService({
    name: 'sts',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: queryOperation(z.object({}), () => ({
        Arn: `arn:aws:iam::${accountId}:root`,
        UserId: accountId,
        Account: accountId,
      })),
    },
    resourceOf: () => undefined,
  });
