export interface Ratio {
  readonly name: string;
  /** Ours over the baseline, in the same unit: less is better. */
  readonly ratio: number;
  /** The baseline over itself in the same rounds: how far from 1 says how noisy the machine is. */
  readonly control: number;
}

export interface Verdict {
  readonly name: string;
  readonly ratio: number;
  readonly before: number | undefined;
  readonly outcome: 'held' | 'WORSE' | 'not judged: the machine is too noisy' | 'not judged: nothing kept';
}

export const tolerated = 0.15;
const noisy = 0.1;

/** Each ratio beside the one kept under its name. */
export function judge(ratios: readonly Ratio[], kept: readonly { name: string; ratio: number }[]): Verdict[] {
  return ratios.map(({ name, ratio, control }) => {
    const before = kept.find((each) => each.name === name)?.ratio;
    return { name, ratio, before, outcome: outcomeOf(ratio, control, before) };
  });
}

function outcomeOf(ratio: number, control: number, before: number | undefined): Verdict['outcome'] {
  if (before === undefined) return 'not judged: nothing kept';
  if (ratio <= before * (1 + tolerated)) return 'held';
  return Math.abs(control - 1) > noisy ? 'not judged: the machine is too noisy' : 'WORSE';
}
