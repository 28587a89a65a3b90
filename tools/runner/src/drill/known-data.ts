import { isDeepStrictEqual } from 'node:util';
import { DrillUser, type Closes } from './drill-user';

const symbols = 'AAPL AMD BAC BBY CVX GE HD JNJ JPM KO'.split(' ');
const seriesDays = 250;

/** Something the API shows, and whether it shows just that. */
interface Fact {
  readonly kind: 'account' | 'analysis' | 'subscription' | 'price series';
  readonly holds: () => Promise<boolean>;
}

/** The count of facts by kind. */
export type Tally = Readonly<Record<string, number>>;

/** What the drill wrote and knows: accounts, and for each an analysis with its result, a subscription and a price series. */
export class KnownData {
  private constructor(private readonly facts: readonly Fact[]) {}

  static async write(baseUrl: string, userCount: number): Promise<KnownData> {
    const facts: Fact[] = [];
    for (let index = 0; index < userCount; index++) facts.push(...(await factsOf(baseUrl, index)));
    return new KnownData(facts);
  }

  get size(): number {
    return this.facts.length;
  }

  /** How many facts of each kind hold. Sign-ins are dear: a few at a time. */
  async holding(): Promise<Tally> {
    const tally: Record<string, number> = {};
    const waiting = this.facts.values();
    const work = async () => {
      for (const { kind, holds } of waiting) {
        const one = (await holds()) ? 1 : 0;
        tally[kind] = (tally[kind] ?? 0) + one;
      }
    };
    await Promise.all(Array.from({ length: 4 }, work));
    return tally;
  }
}

export const total = (tally: Tally): number => Object.values(tally).reduce((sum, count) => sum + count, 0);

async function factsOf(baseUrl: string, index: number): Promise<Fact[]> {
  const user = await DrillUser.register(baseUrl);
  const closes: Closes = Array.from({ length: seriesDays }, (_, day) => 100 + index + day / 8);
  await user.putSeries('KNOWN', closes);
  const subscription = `/v1/subscriptions/${await user.subscribe(`http://127.0.0.1:9/drill/${index}`)}`;
  const holdings = symbols.map((symbol) => ({ symbol, weight: 1 / symbols.length }));
  const analysis = `/v1/analyses/${await user.analyse({ holdings, from: '2013-01-02', to: '2022-12-28' })}`;
  const still = async (kind: Fact['kind'], route: string): Promise<Fact> => {
    const before = await user.shown(route);
    return {
      kind,
      holds: async () => before !== undefined && isDeepStrictEqual(await user.shown(route), before),
    };
  };
  return [
    { kind: 'account', holds: () => user.canSignIn() },
    // Not read before the loss: the gateway would remember it.
    { kind: 'price series', holds: async () => isDeepStrictEqual(await user.series('KNOWN'), closes) },
    await still('subscription', subscription),
    await still('analysis', analysis),
  ];
}
