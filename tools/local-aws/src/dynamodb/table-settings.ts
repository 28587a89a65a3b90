import { z } from 'zod';
import { operation, type Operations } from '../http/json-service';
import { validation } from './errors';
import type { Tables } from './tables';

const Named = z.object({ TableName: z.string() });
const Resource = z.object({ ResourceArn: z.string() });

/** Time to live and tags, kept with the table. */
export function tableSettings(tables: Tables): Operations {
  return {
    UpdateTimeToLive: operation(
      Named.extend({
        TimeToLiveSpecification: z.object({ Enabled: z.boolean(), AttributeName: z.string().min(1).max(255) }),
      }),
      async ({ TableName, TimeToLiveSpecification: wanted }) => {
        const table = tables.byArn(TableName);
        const { TableName: name } = table.description;
        if (wanted.Enabled && table.ttlAttribute) {
          throw validation(
            table.ttlAttribute === wanted.AttributeName
              ? 'TimeToLive is already enabled'
              : 'TimeToLive is active on a different AttributeName',
          );
        }
        if (!wanted.Enabled && !table.ttlAttribute) throw validation('TimeToLive is already disabled');
        const { ttlAttribute: _old, ...rest } = table;
        await tables.put(wanted.Enabled ? { ...rest, ttlAttribute: wanted.AttributeName } : rest);
        if (wanted.Enabled) await tables.backfillTtl(name, wanted.AttributeName);
        else await tables.eraseTtlEntries(name);
        return { TimeToLiveSpecification: wanted };
      },
    ),
    DescribeTimeToLive: operation(Named, ({ TableName }) => {
      const { ttlAttribute } = tables.byArn(TableName);
      return {
        TimeToLiveDescription: ttlAttribute
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute }
          : { TimeToLiveStatus: 'DISABLED' },
      };
    }),
    TagResource: operation(
      Resource.extend({ Tags: z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })) }),
      async ({ ResourceArn, Tags }) => {
        const table = tables.byArn(ResourceArn);
        await tables.put({
          ...table,
          tags: { ...table.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) },
        });
      },
    ),
    UntagResource: operation(Resource.extend({ TagKeys: z.array(z.string()) }), async ({ ResourceArn, TagKeys }) => {
      const table = tables.byArn(ResourceArn);
      const tags = Object.fromEntries(Object.entries(table.tags).filter(([key]) => !TagKeys.includes(key)));
      await tables.put({ ...table, tags });
    }),
    ListTagsOfResource: operation(Resource, ({ ResourceArn }) => ({
      Tags: Object.entries(tables.byArn(ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}
