import { median } from '../statistics';
import type { Answer, Side } from './side';

/** One contender: which task a side does, and how often in one round (short tasks want many, for the clock of a process is coarse). */
export interface Contender {
  readonly name: string;
  readonly side: Side;
  readonly task: string;
  readonly argument?: unknown;
  readonly repeat?: number;
  /** A task of the side that is done before each round, not measured. */
  readonly prepare?: string;
}

export interface Measured {
  readonly name: string;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly rounds: readonly { cpuMs: number; wallMs: number }[];
  readonly result: unknown;
}

export interface Comparison {
  readonly contenders: readonly Measured[];
  /** The first contender against itself in the same rounds: how much later over earlier times are apart from 1, CPU and wall. */
  readonly control: { readonly cpu: number; readonly wall: number };
}

/** Beyond this the machine was too noisy for a verdict. */
const tolerated = 0.1;

const usual = { rounds: 7, warmUps: 2 };

/**
 * All contenders in turn in each round, every other round backwards, the first of them a second time as the control (A/A). Medians of rounds.
 * The caller checks that the results are equal: speed of different answers says nothing.
 */
export async function interleaved(
  contenders: readonly [Contender, ...Contender[]],
  { rounds = usual.rounds, warmUps = usual.warmUps }: { rounds?: number; warmUps?: number } = {},
): Promise<Comparison> {
  const again = { ...contenders[0], name: `${contenders[0].name}, again` };
  const field = [...contenders, again];
  const answers = field.map((): Answer[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    const order = field.map((_, i) => (round % 2 === 0 ? i : field.length - 1 - i));
    for (const i of order) {
      const { side, task, argument, repeat, prepare } = field[i]!;
      if (prepare !== undefined) await side.run(prepare);
      const answer = await side.run(task, { argument, repeat: repeat ?? 1 });
      if (round >= 0) answers[i]!.push(answer);
    }
  }
  const measured = field.map(({ name }, i): Measured => {
    const times = answers[i]!.map(({ cpuMs, wallMs }) => ({ cpuMs, wallMs }));
    const of = (kind: 'cpuMs' | 'wallMs') => median(times.map((time) => time[kind]));
    return { name, cpuMs: of('cpuMs'), wallMs: of('wallMs'), rounds: times, result: answers[i]!.at(-1)!.result };
  });
  const control = measured.pop()!;
  const apart = (kind: 'cpuMs' | 'wallMs') => Math.abs(control[kind] / measured[0]![kind] - 1);
  return { contenders: measured, control: { cpu: apart('cpuMs'), wall: apart('wallMs') } };
}

/**
 * One line: by how much `ours` is faster than `baseline`, and whether that is what was promised; 'not judged' when the control says noise. The ratio is
 * the median of those of the rounds: the two of a round were measured one after the other, however the machine changed between rounds.
 */
export function verdict(
  { contenders, control }: Comparison,
  baseline: string,
  ours: string,
  { atLeast, kind = 'cpu' }: { atLeast: number; kind?: 'cpu' | 'wall' },
): { line: string; ratio: number; judged: boolean; held: boolean } {
  const time = kind === 'cpu' ? 'cpuMs' : 'wallMs';
  const measured = (name: string) => contenders.find((each) => each.name === name)!;
  const of = (name: string) => measured(name)[time];
  const own = measured(ours).rounds;
  const ratio = median(measured(baseline).rounds.map((round, i) => round[time] / own[i]![time]));
  const judged = control[kind] <= tolerated;
  const held = ratio >= atLeast;
  const outcome = judged ? (held ? 'held' : 'MISSED') : `not judged: A/A ${(100 * control[kind]).toFixed(0)} % apart`;
  const times = `${baseline} ${of(baseline).toPrecision(3)} ms, ${ours} ${of(ours).toPrecision(3)} ms`;
  return { line: `${times} (${kind}): ${ratio.toFixed(1)}×, promised ${atLeast}×: ${outcome}`, ratio, judged, held };
}
