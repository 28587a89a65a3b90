import { randomUUID } from 'node:crypto';
import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { erasedUserKey, topology } from '@stocktool/topology';
import { nextSecond, restoreFixture } from './restore.fixture';
import { restoreDropped } from './restore-dropped';
import { restoreOverwritten, type Overwritten } from './restore-overwritten';

const { conversations, erasures, portfolios } = topology.tables;
const TableName = portfolios.name;
let fixture: Awaited<ReturnType<typeof restoreFixture>>;
beforeAll(async () => {
  fixture = await restoreFixture();
});
afterAll(() => fixture.close());

describe('items that were overwritten', () => {
  const name = (text: string) => ({ name: { S: text } });
  /** What a faulty script did between two moments, and what others did since. */
  async function overwriting(users: readonly string[], change: (userId: string) => Promise<unknown>) {
    const from = await nextSecond();
    for (const userId of users) await change(userId);
    const until = await nextSecond();
    return { from, until };
  }
  const takeBack = (window: Overwritten) => restoreOverwritten(fixture.dynamodb, portfolios, window);

  it('have their former values again, attribute by attribute; what was written since stays', async () => {
    const [spoilt, since, untouched] = [randomUUID(), randomUUID(), randomUUID()];
    for (const userId of [spoilt, since, untouched]) await fixture.put(userId, 'old', name('mine'));
    const window = await overwriting([spoilt, since], (userId) =>
      fixture.put(userId, 'spoilt', { stray: { N: '1' }, ...name('mine') }),
    );
    await fixture.put(spoilt, 'spoilt', { stray: { N: '1' }, ...name('renamed since') });
    await fixture.put(since, 'right again', { stray: { N: '1' }, ...name('mine') });

    expect(await takeBack({ ...window, dryRun: true })).toMatchObject({ restored: 2 });
    expect(await fixture.values(spoilt)).toEqual(['spoilt']);
    expect(await takeBack(window)).toMatchObject({ restored: 1, changedSince: 1, changedSinceKeys: [`${since} a`] });
    expect(await fixture.item(spoilt)).toMatchObject({ value: { S: 'old' }, ...name('renamed since') });
    expect(await fixture.item(spoilt)).not.toHaveProperty('stray');
    expect(await fixture.values(since, untouched)).toEqual(['right again', 'old']);
    expect(await takeBack(window)).toMatchObject({ restored: 0 });
    const { TableNames } = await fixture.dynamodb.send(new ListTablesCommand({}));
    expect(TableNames).not.toContainEqual(expect.stringContaining('restored'));
  });

  it('can be taken back in some attributes only', async () => {
    const user = randomUUID();
    await fixture.put(user, 'old', name('old'));
    const window = await overwriting([user], () => fixture.put(user, 'new', name('spoilt')));
    await takeBack({ ...window, attributes: ['name'] });
    expect(await fixture.item(user)).toMatchObject({ value: { S: 'new' }, ...name('old') });
  });

  it('stay as they are where an account is erased, or its erasure had begun, or they are gone', async () => {
    const [erased, leaving, gone] = [randomUUID(), randomUUID(), randomUUID()];
    for (const userId of [erased, leaving, gone]) await fixture.put(userId, 'old');
    const window = await overwriting([erased, leaving, gone], (userId) =>
      fixture.put(userId, 'new', userId === leaving ? { erasingSince: { S: 'now' } } : {}),
    );
    await fixture.mark(erasures, erasedUserKey(erased));
    await fixture.remove(gone);
    expect(await takeBack(window)).toMatchObject({ restored: 0, erased: 2, gone: 1 });
    expect(await fixture.values(erased, leaving, gone)).toEqual(['new', 'new', undefined]);
  });
});

describe('a table that was dropped', () => {
  it('is there again under its name, whole, with what a restored table lacks', async () => {
    const user = randomUUID();
    await fixture.put(user, 'mine');
    await expect(restoreDropped(fixture.dynamodb, portfolios)).rejects.toThrow('is there');
    await fixture.dynamodb.send(new DeleteTableCommand({ TableName }));
    expect(await restoreDropped(fixture.dynamodb, portfolios)).toMatchObject({ table: TableName });
    expect(await fixture.values(user)).toEqual(['mine']);
    const { ContinuousBackupsDescription } = await fixture.dynamodb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
    const { TimeToLiveDescription } = await fixture.dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
    const { Table } = await fixture.dynamodb.send(new DescribeTableCommand({ TableName }));
    expect(Table?.DeletionProtectionEnabled).toBe(true);
  });

  it('is not promised of a table without recovery, nor of one that nobody dropped', async () => {
    await expect(restoreDropped(fixture.dynamodb, conversations)).rejects.toThrow('no point-in-time recovery');
    await expect(restoreDropped(fixture.dynamodb, topology.tables.audit)).rejects.toThrow('no backup');
  });
});
