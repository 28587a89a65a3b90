import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { topology } from '@stocktool/topology';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

const s3 = new S3Client({ userAgentAppId: 'test', forcePathStyle: true });
const dynamo = new DynamoDBClient({ userAgentAppId: 'test' });
let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(async () => {
  s3.destroy();
  dynamo.destroy();
  await gateway.close();
});

const given = { name: 'Mine', currency: 'USD', holdings: [{ symbol: 'AAPL', quantity: 10, cost: 1200 }] };
const at = (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path = '', by = user) =>
  gateway.call(method, `/v1/portfolios${path}`, by);
const made = async (body: object = given, by = user) =>
  (await at('post', '', by).send(body).expect(201)).body as { id: string };
const importing = (id: string, csv: string, by = user) =>
  at('post', `/${id}/import`, by).set('content-type', 'text/csv').send(csv);
/** AAPL has only adjusted prices here, IBM has both. */
const trades = [
  { date: '2010-01-04', type: 'buy', symbol: 'IBM', quantity: 10, price: 132.45 },
  { date: '2010-03-01', type: 'buy', symbol: 'AAPL', quantity: 3, price: 208.99 },
  { date: '2011-01-03', type: 'sell', symbol: 'IBM', quantity: 4, price: 147.48 },
];
const objectsOf = async (userId: string, id = '') => {
  const listed = await s3.send(
    new ListObjectsV2Command({ Bucket: topology.buckets.reports.name, Prefix: `transactions/${userId}/${id}` }),
  );
  return (listed.Contents ?? []).map(({ Key }) => Key);
};
/** More than fits in an item when compressed. */
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => {
    const n = from + i;
    const date = new Date(Date.UTC(2000, 0, 3) + (n % 4000) * 86_400_000).toISOString().slice(0, 10);
    return `${date},buy,AAPL,${((n * 7919) % 10_007) / 100 + 1},${((n * 104_729) % 99_991) / 1000 + 1},`;
  });
const header = 'date,type,symbol,quantity,price,amount';

describe('a portfolio', () => {
  it('with given holdings is made, shown, listed, changed, replaced and deleted', async () => {
    const { body, headers } = await at('post').send(given).expect(201);
    expect(body).toMatchObject({
      ...given,
      holdingsFrom: 'given',
      transactionCount: 0,
      weeklyReport: false,
      revision: 1,
    });
    expect([headers['location'], headers['etag']]).toEqual([`/v1/portfolios/${body.id}`, '"1"']);
    expect((await at('get', `/${body.id}`).expect(200)).body).toEqual(body);
    const { transactions: _, warnings: _1, ...summary } = body as Record<string, unknown>;
    expect((await at('get', '?limit=1')).body.items).toEqual([summary]);
    const patched = await at('patch', `/${body.id}`).set('if-match', '"1"').send({ weeklyReport: true }).expect(200);
    expect(patched.body).toMatchObject({ ...given, weeklyReport: true, revision: 2 });
    await at('patch', `/${body.id}`).set('if-match', '"1"').send({ name: 'late' }).expect(412);
    const replaced = await at('put', `/${body.id}`).send({ name: 'Other', holdings: [] }).expect(200);
    expect(replaced.body).toMatchObject({ name: 'Other', holdings: [], weeklyReport: false, revision: 3 });
    await at('delete', `/${body.id}`).expect(204);
    expect((await at('get', `/${body.id}`).expect(404)).body.type).toBe('/problems/portfolio-not-found');
  });

  it('without given ones holds what its transactions leave, and says where splits cannot be seen', async () => {
    const { id } = await made({ name: 'From trades', transactions: trades });
    const { body } = await at('get', `/${id}`).expect(200);
    expect(body).toMatchObject({
      holdingsFrom: 'transactions',
      holdings: [
        { symbol: 'IBM', quantity: 6 },
        { symbol: 'AAPL', quantity: 3 },
      ],
      transactions: trades,
      transactionCount: 3,
      warnings: [{ code: 'splits-unknown', message: expect.stringContaining('AAPL') }],
    });
    const own = await at('patch', `/${id}`)
      .send({ holdings: [{ symbol: 'KO', quantity: 1 }] })
      .expect(200);
    expect(own.body).toMatchObject({ holdingsFrom: 'given', holdings: [{ symbol: 'KO' }], transactionCount: 3 });
    const back = await at('patch', `/${id}`)
      .send({ holdings: null, transactions: trades.slice(0, 1) })
      .expect(200);
    expect(back.body).toMatchObject({ holdingsFrom: 'transactions', holdings: [{ symbol: 'IBM', quantity: 10 }] });
  });

  it('whose transactions sell what was never bought is shown, with a warning', async () => {
    const { id } = await made({ name: 'Short', transactions: [{ ...trades[2] }] });
    expect((await at('get', `/${id}`).expect(200)).body).toMatchObject({
      holdings: [],
      transactions: [trades[2]],
      warnings: [{ code: 'inconsistent-transactions', path: 'transactions' }],
    });
  });

  it.each<[string, object, number, string, string]>([
    [
      'a symbol twice',
      { ...given, holdings: [...given.holdings, ...given.holdings] },
      400,
      'validation-failed',
      'holdings.1.symbol',
    ],
    [
      'nothing of a symbol',
      { ...given, holdings: [{ symbol: 'AAPL', quantity: 0 }] },
      400,
      'validation-failed',
      'holdings.0.quantity',
    ],
    [
      'a weight',
      { ...given, holdings: [{ symbol: 'AAPL', weight: 1 }] },
      400,
      'validation-failed',
      'holdings.0.quantity',
    ],
    ['a currency that is none', { ...given, currency: 'dollars' }, 400, 'validation-failed', 'currency'],
    [
      'a purchase of nothing',
      { name: 'x', transactions: [{ date: '2010-01-04', type: 'buy' }] },
      400,
      'validation-failed',
      'transactions.0.symbol',
    ],
    [
      'a date to come',
      { name: 'x', transactions: [{ date: '2999-01-04', type: 'deposit', amount: 1 }] },
      400,
      'validation-failed',
      'transactions.0.date',
    ],
    [
      'an unknown symbol',
      { ...given, holdings: [{ symbol: 'NOPE', quantity: 1 }] },
      422,
      'unknown-symbol',
      'holdings.0.symbol',
    ],
  ])('is refused for %s', async (_what, body, status, code, path) => {
    for (const answer of [await at('post').send(body), await at('put', `/${(await made()).id}`).send(body)]) {
      expect(answer.body).toMatchObject({ status, type: `/problems/${code}` });
      expect(answer.body.errors[0].path).toBe(path);
    }
  });

  it('is made once for one idempotency key, and is nobody else’s', async () => {
    const [own, stranger] = [await gateway.register(), await gateway.register()];
    const first = await at('post', '', own).set('idempotency-key', 'p').send(given).expect(201);
    expect((await at('post', '', own).set('idempotency-key', 'p').send(given).expect(201)).body).toEqual(first.body);
    expect((await at('get', '', own)).body.items).toHaveLength(1);
    for (const [method, path, body] of [
      ['get', '', undefined],
      ['put', '', given],
      ['patch', '', {}],
      ['delete', '', undefined],
      ['get', '/transactions', undefined],
    ] as const)
      expect([method, path, (await at(method, `/${first.body.id}${path}`, stranger).send(body)).status]).toEqual([
        method,
        path,
        404,
      ]);
    await importing(first.body.id as string, header, stranger).expect(404);
    await at('get', `/${randomUUID()}`).expect(404);
  });
});

describe('a deletion that was cut short', () => {
  it.each([1, 3000])('is brought to its end by the next, also with %d transactions', async (count) => {
    const own = await gateway.register();
    const { id } = await made({ name: 'Gone' }, own);
    await importing(id, [header, ...many(count)].join('\n'), own).expect(200);
    const TableName = topology.tables.portfolios.name;
    const userId = { S: own.id };
    await dynamo.send(new DeleteItemCommand({ TableName, Key: { userId, itemId: { S: `portfolio#${id}` } } }));
    await at('delete', `/${id}`, own).expect(404);
    expect(await objectsOf(own.id)).toEqual([]);
    const left = await dynamo.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
      }),
    );
    expect(left.Items).toEqual([]);
  });
});

describe('an import of transactions', () => {
  it('takes columns in any order and case, a byte order mark, CR LF, quotes and empty cells', async () => {
    const { id } = await made({ name: 'Imported' });
    const csv =
      '\uFEFFAmount,TYPE, Date ,"Symbol",quantity,Price\r\n,Buy,2010-01-04,"ibm", 10 ,132.45\r\n\r\n"5.5",dividend,2010-02-08,IBM,,\r\n1000,deposit,2010-01-04,,,\r\n';
    const { body, headers } = await importing(id, csv).expect(200);
    expect(body).toEqual({ portfolioId: id, revision: 2, imported: 3, duplicates: 0, transactionCount: 3 });
    expect(headers['etag']).toBe('"2"');
    expect((await at('get', `/${id}`)).body.transactions).toEqual([
      { date: '2010-01-04', type: 'buy', symbol: 'IBM', quantity: 10, price: 132.45 },
      { date: '2010-01-04', type: 'deposit', amount: 1000 },
      { date: '2010-02-08', type: 'dividend', symbol: 'IBM', amount: 5.5 },
    ]);
  });

  it('changes nothing the second time, and two equal purchases of one day stay two', async () => {
    const { id } = await made({ name: 'Twice' });
    const line = '2010-01-04,buy,IBM,10,132.45,';
    const csv = [header, line, line].join('\n');
    expect((await importing(id, csv).expect(200)).body).toMatchObject({ imported: 2, duplicates: 0, revision: 2 });
    expect((await importing(id, csv).expect(200)).body).toMatchObject({ imported: 0, duplicates: 2, revision: 2 });
    const longer = [csv, line, '2010-01-05,sell,IBM,1,133,'].join('\n');
    expect((await importing(id, longer).expect(200)).body).toMatchObject({
      imported: 2,
      duplicates: 2,
      transactionCount: 4,
    });
    expect((await at('get', `/${id}`)).body.holdings).toEqual([{ symbol: 'IBM', quantity: 29 }]);
    await importing(id, longer).set('if-match', '"1"').expect(412);
  });

  it('names every bad line and imports none', async () => {
    const { id } = await made({ name: 'Bad' });
    const csv = [
      header,
      '2010-01-04,buy,IBM,10,132.45,',
      '2010-13-04,buy,IBM,10,132.45,',
      '2010-01-04,borrow,IBM,10,132.45,',
      '2010-01-04,buy,,10,132.45,',
      '2010-01-04,sell,IBM,-1,132.45,',
      '2010-01-04,deposit,,,,',
      '2010-01-04,buy,IBM,10',
      '2999-01-04,buy,IBM,10,132.45,',
      '2010-01-04,buy,IBM,"1,000",1,',
    ].join('\n');
    const { body } = await importing(id, csv).expect(400);
    const paths = body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(['3.date', '4.type', '5.symbol', '6.quantity', '7.amount', '8', '9.date', '10']);
    expect(body.errors[0].message).toMatch(/^line 3, column date: /);
    const unknown = await importing(id, [header, '2010-01-04,buy,IBM,1,1,', '2010-01-04,buy,NOPE,1,1,'].join('\n'));
    expect(unknown.body).toMatchObject({
      status: 422,
      type: '/problems/unknown-symbol',
      errors: [{ path: '3.symbol' }],
    });
    for (const [text, path] of [
      ['', '1'],
      [header, '2'],
      ['date,kind\n2010-01-04,buy', '1.kind'],
      ['type,type\nbuy,buy', '1.type'],
    ] as const)
      expect((await importing(id, text).expect(400)).body.errors[0].path).toBe(path);
    await at('post', `/${id}/import`).send({ csv }).expect(415);
    expect((await at('get', `/${id}`)).body).toMatchObject({ revision: 1, transactionCount: 0 });
  });

  it('of many is one object in S3, replaced by the next and gone with the portfolio', async () => {
    const own = await gateway.register();
    const { id } = await made({ name: 'Many' }, own);
    await importing(id, [header, ...many(3000)].join('\n'), own).expect(200);
    const firsts = await objectsOf(own.id, id);
    expect(firsts).toHaveLength(1);
    const { body } = await importing(id, [header, ...many(3000, 1500)].join('\n'), own).expect(200);
    expect(body).toMatchObject({ imported: 1500, duplicates: 1500, transactionCount: 4500 });
    const [second, ...others] = await objectsOf(own.id, id);
    expect([second === firsts[0], others]).toEqual([false, []]);
    const shown = await at('get', `/${id}`, own).expect(200);
    expect(shown.body).toMatchObject({ transactionCount: 4500 });
    expect(shown.body).not.toHaveProperty('transactions');

    const dates: string[] = [];
    let cursor = '';
    do {
      const page = await at('get', `/${id}/transactions?limit=100${cursor && `&cursor=${cursor}`}`, own).expect(200);
      dates.push(...(page.body.items as { date: string }[]).map(({ date }) => date));
      cursor = (page.body.nextCursor as string | null) ?? '';
    } while (cursor !== '');
    expect(dates).toHaveLength(4500);
    expect(dates).toEqual([...dates].sort());
    const page = await at('get', `/${id}/transactions?limit=1`, own);
    await at('patch', `/${id}`, own).send({ name: 'Changed' }).expect(200);
    const stale = await at('get', `/${id}/transactions?cursor=${page.body.nextCursor}`, own).expect(400);
    expect(stale.body.type).toBe('/problems/bad-cursor');

    await at('delete', `/${id}`, own).expect(204);
    expect(await objectsOf(own.id)).toEqual([]);
    const Prefix = `transactions/${own.id}/`;
    const kept = await s3.send(new ListObjectVersionsCommand({ Bucket: topology.buckets.reports.name, Prefix }));
    expect(kept.Versions?.map(({ Key }) => Key)).toContain(second); // a row that is brought back finds its transactions
  });

  it('is refused beyond 20 000 transactions and beyond 5 MB', async () => {
    const { id } = await made({ name: 'Full' });
    const { body } = await importing(id, [header, ...many(20_001)].join('\n')).expect(400);
    expect(body.errors[0].message).toContain('more than 20000 transactions');
    await importing(id, [header, ...many(15_000)].join('\n')).expect(200);
    const beyond = await importing(id, [header, ...many(10_000, 15_000)].join('\n')).expect(422);
    expect(beyond.body.type).toBe('/problems/limit-reached');
    expect((await at('get', `/${id}`)).body.transactionCount).toBe(15_000);
    expect(await objectsOf(user.id, id)).toHaveLength(1);
    await importing(id, 'x'.repeat(5_300_000)).expect(413);
  }, 60_000);

  it('is refused beyond 500 symbols, as a body is, before any of them is looked up', async () => {
    const { id } = await made({ name: 'Wide' });
    const transactions = Array.from({ length: 501 }, (_, n) => ({
      date: '2010-01-04',
      type: 'buy',
      symbol: `X${n}`,
      quantity: 1,
      price: 1,
    }));
    const rows = transactions.map(({ date, type, symbol }) => `${date},${type},${symbol},1,1,`);
    const { body } = await importing(id, [header, ...rows].join('\n')).expect(422);
    expect(body.type).toBe('/problems/limit-reached');
    const refused = await at('post').send({ name: 'Wide', transactions }).expect(400);
    expect(refused.body.errors).toMatchObject([{ path: 'transactions', message: 'in at most 500 symbols' }]);
  });

  it('loses none of two that come at once', async () => {
    const { id } = await made({ name: 'Race' });
    const parts = [many(200), many(200, 200), many(200, 400)];
    const answers = await Promise.all(parts.map((part) => importing(id, [header, ...part].join('\n'))));
    const accepted = answers.filter(({ status }) => status === 200);
    for (const { status } of answers) expect([200, 503]).toContain(status);
    expect((await at('get', `/${id}`)).body.transactionCount).toBe(200 * accepted.length);
    for (const part of parts) await importing(id, [header, ...part].join('\n')).expect(200);
    expect((await at('get', `/${id}`)).body.transactionCount).toBe(600);
  });
});
