import type { PortfolioObjective } from '@stocktool/contracts';

/** The first that fits. */
const called: readonly (readonly [RegExp, PortfolioObjective])[] = [
  [/\brisk[\s-]+parity\b|\bequal\s+risk\b/i, 'riskParity'],
  [/\bhrp\b|\bhierarchical\b/i, 'hrp'],
  [/\bmax(?:imum|imi[sz]e\w*)?\s+(?:the\s+)?diversif\w*|\bmost\s+diversified\b/i, 'maxDiversification'],
  [/\bc-?var\b|\bexpected\s+shortfall\b/i, 'minCvar'],
  [/\binverse[\s-]+volatility\b/i, 'inverseVolatility'],
  [/\bsharpe\b|\brisk[\s-]+adjusted\b|\btangency\b/i, 'maxSharpe'],
  [/\b(?:min(?:imum|imal|imi[sz]\w+)?|least|lowest|smallest)\s+(?:the\s+)?(?:variance|volatility|risk)\b/i, 'minVariance'],
  [/\bequal(?:ly)?[\s-]+weight\w*/i, 'equalWeight'],
]; // prettier-ignore
const number = String.raw`(\d+(?:\.\d+)?)\s*(?:%|percent\b|per\s+cent\b)`;
const target = new RegExp(String.raw`\b(return|volatility)\s+(?:of|target\s+of|at)\s+(?:about\s+)?${number}`, 'i');
const limit = new RegExp(String.raw`\b(?:at\s+most|max(?:imum)?(?:\s+(?:of|weight(?:\s+of)?))?|no\s+more\s+than|up\s+to|not\s+more\s+than)\s+${number}`, 'i'); // prettier-ignore

export interface Optimising {
  readonly objective?: PortfolioObjective;
  readonly target?: number;
  readonly maxWeight?: number;
}

const fraction = (percent: string | undefined): number => Number((Number(percent) / 100).toFixed(9));

/** What is to be best, and within which bounds; and where the text says so: [start, end) each. */
export function findOptimising(text: string): { asked: Optimising; spans: (readonly [number, number])[] } {
  const [aimed, bounded] = [target.exec(text), limit.exec(text)];
  const objective = aimed
    ? aimed[1]!.toLowerCase() === 'return'
      ? 'targetReturn'
      : 'targetVolatility'
    : called.find(([words]) => words.test(text))?.[1];
  return {
    asked: {
      ...(objective && { objective }),
      ...(aimed && { target: fraction(aimed[2]) }),
      ...(bounded && { maxWeight: fraction(bounded[1]) }),
    },
    spans: [aimed, bounded].flatMap((found) => (found ? [[found.index, found.index + found[0].length] as const] : [])),
  };
}
