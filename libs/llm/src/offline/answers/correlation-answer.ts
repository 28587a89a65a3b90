import type { ChatToolResult } from '@stocktool/contracts';
import { count, ratio } from '../figures';

const pairsShown = 10;

/** Words for the size of a correlation: rules of thumb, so that a number alone is not left to be read. */
function strength(value: number): string {
  const size = Math.abs(value);
  const word = size >= 0.7 ? 'strongly' : size >= 0.4 ? 'moderately' : size >= 0.2 ? 'weakly' : 'hardly';
  return value < -0.2 ? `${word}, in opposite directions` : word;
}

export function correlationAnswer({ window, pairs }: ChatToolResult<'calculate_correlation'>): string {
  const defined = pairs.flatMap(({ first, second, correlation }) =>
    correlation === null ? [] : [{ first, second, correlation }],
  );
  const period = `${window.from} to ${window.to} (${count(window.observations)} common daily returns)`;
  const [only] = defined;
  if (!only) return `The correlation is undefined for ${period}: one of the series did not move.`;
  if (pairs.length === 1)
    return `**Correlation** of ${only.first} and ${only.second}, ${period}: ${ratio(only.correlation)}: they moved together ${strength(only.correlation)}.`;
  const sorted = [...defined].sort((a, b) => b.correlation - a.correlation);
  const shown =
    sorted.length <= pairsShown ? sorted : [...sorted.slice(0, pairsShown / 2), ...sorted.slice(-pairsShown / 2)];
  const omitted = shown.length < sorted.length ? ['- The pairs between these are left out here.'] : [];
  return [
    `**Correlation** of daily returns, ${period}, highest first:`,
    ...shown.map(
      ({ first, second, correlation }) => `- ${first} and ${second}: ${ratio(correlation)} (${strength(correlation)})`,
    ),
    ...omitted,
  ].join('\n');
}
