import type { AnalysisRequest, Performance, Risk } from '@stocktool/contracts';
import { besideBenchmark, type BenchmarkRelative, type BenchmarkSample } from '../performance/benchmark-relative';
import { performanceOf, type Timeline } from '../performance/performance';
import type { ReturnSample } from '../statistics/return-sample';
import { empyrical } from './empyrical';
import { pyportfolioopt } from './pyportfolioopt';
import { quantstats } from './quantstats';
import { skfolio } from './skfolio';

/** What a library computes its figures from, and ours of the same returns. */
export interface CompatInput {
  sample: ReturnSample;
  benchmark: BenchmarkSample;
  timeline: Timeline;
  /** For a portfolio: its holdings, of which a library may ask. */
  holdings?: { weights: readonly number[]; returns: readonly Float64Array[] };
}

/** What we have of the same returns. */
export interface OwnFigures {
  performance: Performance;
  relative: BenchmarkRelative;
}

type Tail = Risk['cvar']['historical'];

/** The figures that a library computes in another way, in the units and with the signs of ours. */
export interface LibraryFigures {
  performance: Partial<Performance>;
  risk: Partial<Pick<Risk, 'alpha' | 'informationRatio' | 'upCapture' | 'downCapture'>>;
  historicalVar?: Tail;
  historicalCvar?: Tail;
}

export interface Library {
  /** Of the figures that are its own, by name. */
  conventions: Record<string, string>;
  figures: (input: CompatInput & OwnFigures) => LibraryFigures;
}

export const libraries: Record<Exclude<AnalysisRequest['compat'], 'none'>, Library> = {
  quantstats,
  empyrical,
  skfolio,
  pyportfolioopt,
};

/** Our figures with those of the library in their place; what was not asked for stays away. */
export function asLibrary<Figures extends { performance?: Performance; risk?: Risk }>(
  library: Library,
  figures: Figures,
  input: CompatInput,
): Figures {
  const { sample, benchmark, timeline } = input;
  const own = library.figures({
    ...input,
    performance: performanceOf(sample, timeline),
    relative: besideBenchmark(sample, benchmark, timeline),
  });
  const { performance, risk } = figures;
  return {
    ...figures,
    ...(performance && { performance: { ...performance, ...own.performance } }),
    ...(risk && {
      risk: {
        ...risk,
        ...own.risk,
        var: { ...risk.var, ...(own.historicalVar && { historical: own.historicalVar }) },
        cvar: { ...risk.cvar, ...(own.historicalCvar && { historical: own.historicalCvar }) },
      },
    }),
  };
}
