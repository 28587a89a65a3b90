import { randomUUID } from 'node:crypto';
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { factorPortfolios } from '@stocktool/analytics';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { AnalysisRequest, AnalysisResult, parseJson, Problem } from '@stocktool/contracts';
import {
  BundledSource,
  MarketData,
  MarketDataSource,
  PriceSeriesStore,
  PriceSeriesTable,
  QuoteCacheTable,
} from '@stocktool/market-data';
import { HeldPortfolios, PortfolioStore, PortfolioTable, TransactionStore } from '@stocktool/portfolios';
import { FixedClock, localDynamo, localS3 } from '@stocktool/testing';
import { ComputePool } from './compute/compute-pool';
import { LoadSeries } from './load-series';

const dataDir = path.resolve(import.meta.dirname, '../../../data');
const [dynamoClient, s3] = [localDynamo(), localS3()];
const pool = new ComputePool({ threads: 1, jobTimeoutMs: 20_000 });
let withoutFactors: string;

const loader = async (directory: string): Promise<LoadSeries> => loading(await BundledSource.open(directory));

const outage = 'No vendor of market data can answer at present.';

/** The bundled data, but for a fund that the vendor cannot give just now. */
class FactorOutage extends MarketDataSource {
  readonly name = 'outage';
  readonly mode = 'live';
  readonly provides;

  constructor(private readonly bundled: BundledSource) {
    super();
    this.provides = bundled.provides;
  }

  now(): Date {
    return this.bundled.now();
  }

  override history(symbol: string) {
    if (symbol === 'VLUE') return Promise.reject(new Problem('market-data-unavailable', outage));
    return this.bundled.history(symbol);
  }
}

/** Symbols of the market come from the source alone: no table is asked. */
function loading(source: MarketDataSource): LoadSeries {
  const clock = new FixedClock('2026-03-02T15:00:00.000Z');
  const dynamo = new Dynamo(dynamoClient);
  const objects = new ObjectStore(s3);
  const own = new PriceSeriesStore(new PriceSeriesTable(dynamo, 'none'), objects, 'none', clock);
  const surroundings = { clock, metrics: { count: () => undefined }, report: () => undefined };
  const market = new MarketData(source, new QuoteCacheTable(dynamo, 'none', clock), own, surroundings);
  const packs = new TransactionStore(dynamo, objects, { table: 'none', bucket: 'none' });
  const store = new PortfolioStore(new PortfolioTable(dynamo, clock, 'none'), packs);
  return new LoadSeries(market, new HeldPortfolios(store, market));
}

beforeAll(async () => {
  withoutFactors = await mkdtemp(path.join(tmpdir(), 'prices-'));
  const prices = path.join(withoutFactors, 'prices');
  await mkdir(prices);
  const catalogue = JSON.parse(await readFile(path.join(dataDir, 'prices/symbols.json'), 'utf8')) as Catalogue;
  const kept = catalogue.symbols.filter(({ symbol }) => !factorPortfolios.some((factor) => factor.symbol === symbol));
  await writeFile(path.join(prices, 'symbols.json'), JSON.stringify({ ...catalogue, symbols: kept }));
  for (const { file } of kept) await symlink(path.join(dataDir, 'prices', file), path.join(prices, file));
});
afterAll(async () => {
  await pool.onApplicationShutdown();
  await rm(withoutFactors, { recursive: true });
  dynamoClient.destroy();
  s3.destroy();
});

const asked = (include: string[], over: object = {}) => ({
  userId: randomUUID(),
  request: AnalysisRequest.parse({
    holdings: [
      { symbol: 'AAPL', weight: 0.6 },
      { symbol: 'KO', weight: 0.4 },
    ],
    from: '2014-01-02',
    to: '2017-12-29',
    include,
    ...over,
  }),
});

async function analysed(directory: string, request: ReturnType<typeof asked>): Promise<AnalysisResult> {
  const job = await (await loader(directory)).run(request);
  const { packedResult } = await pool.run(job, new AbortController().signal);
  return parseJson(AnalysisResult, gunzipSync(packedResult).toString());
}

describe('the prices of an analysis', () => {
  it('hold those of the factor portfolios where stress or attribution is asked for, and only there', async () => {
    const load = await loader(dataDir);
    const factors = async (include: string[]) =>
      (await load.run(asked(include))).factors.map(({ symbol }) => symbol).sort();
    expect(await factors(['performance', 'risk'])).toEqual([]);
    expect(await factors(['stress'])).toEqual(['MTUM', 'QUAL', 'SIZE', 'USMV', 'VLUE']);
    expect(await factors(['attribution'])).toEqual(['MTUM', 'QUAL', 'SIZE', 'USMV', 'VLUE']);
  });

  it('let a thread explain a portfolio by factors and by the sectors of a benchmark portfolio', async () => {
    const attribution = {
      sectors: { AAPL: 'technology', MSFT: 'technology', KO: 'staples', PEP: 'staples' },
      benchmarkHoldings: [
        { symbol: 'MSFT', weight: 0.7 },
        { symbol: 'PEP', weight: 0.3 },
      ],
    };
    const result = await analysed(dataDir, asked(['attribution', 'stress'], { attribution }));
    expect(result.attribution).toMatchObject({
      factors: { window: { from: '2014-01-02', to: '2017-12-29' }, betas: { '^GSPC': expect.any(Number) } },
      brinson: { sectors: [{ sector: 'staples' }, { sector: 'technology' }] },
      explainedMove: { date: expect.any(String) },
    });
    expect((result.stress as { coverage: number }[]).every(({ coverage }) => coverage === 1)).toBe(true);
  });

  it('where the factor portfolios cannot be had for now say so, and not that there are none', async () => {
    const request = asked(['attribution', 'stress']);
    const job = await loading(new FactorOutage(await BundledSource.open(dataDir))).run(request);
    const { packedResult } = await pool.run(job, new AbortController().signal);
    const { attribution, stress, warnings } = parseJson(AnalysisResult, gunzipSync(packedResult).toString());
    const refused = { unavailable: { code: 'market-data-unavailable', reason: expect.stringContaining(outage) } };
    expect(attribution).toMatchObject({ contribution: { AAPL: expect.any(Number) }, factors: refused });
    expect((stress as { coverage: number }[]).filter(({ coverage }) => coverage === 0)).toHaveLength(1);
    expect(warnings).toContainEqual({
      code: 'market-data-unavailable',
      path: 'stress',
      message: expect.stringContaining(`VLUE: ${outage}`),
    });
  });

  it('without factor portfolios leave the other parts as they are', async () => {
    const result = await analysed(withoutFactors, asked(['attribution', 'stress']));
    expect(result.attribution).toMatchObject({
      contribution: { AAPL: expect.any(Number), KO: expect.any(Number) },
      factors: { unavailable: { code: 'factors-missing' } },
    });
    const rows = result.stress as { shock?: { factor: string }; coverage: number }[];
    const uncovered = rows.filter(({ coverage }) => coverage === 0).map(({ shock }) => shock?.factor);
    expect(uncovered).toEqual(factorPortfolios.map(({ symbol }) => symbol));
  });
});

interface Catalogue {
  symbols: { symbol: string; file: string }[];
}
