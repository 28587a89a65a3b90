import { BundledSource } from './bundled-source';
import type { SharedAnswers } from './kept-answers/shared-answers';
import type { MarketDataSource } from './market-data-source';
import type { Surroundings } from './quote-chain';
import type { MarketSettings } from './settings';

export interface SourceSurroundings extends Surroundings {
  /** One line for whoever reads logs at start. */
  readonly notice: (line: string) => void;
  /** Where processes share what live vendors told; absent: only quotes are shared. */
  readonly shared?: SharedAnswers;
}

/**
 * The source that the settings name: the bundled data set, or the live vendors in their order. With no vendor left, whatever is
 * asked is `no-source-configured`. The vendors' clients are loaded only where they are used: they cost every start time and memory.
 */
export async function openSource(settings: MarketSettings, around: SourceSurroundings): Promise<MarketDataSource> {
  if (settings.MARKET_DATA === 'bundled') return BundledSource.open(settings.DATA_DIR);
  const { openLiveSource } = await import('./open-live-source');
  return openLiveSource(settings, around);
}
