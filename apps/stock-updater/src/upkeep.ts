import type { CleaningSummary, CleanOrphans } from './clean-orphans';
import type { NewsSummary, RefreshNews } from './refresh-news';

export interface UpkeepSummary {
  readonly cleaned: CleaningSummary;
  readonly news: NewsSummary;
}

/** Of the time, for news whatever cleaning takes; and for saying how far a run came. */
const shareForNews = 0.7;
const reservedMs = 10_000;

/** The second schedule: cleans up, then refreshes news for as long as there is time. One that fails does not keep the other from its work. */
export class Upkeep {
  constructor(
    private readonly orphans: CleanOrphans,
    private readonly news: RefreshNews,
  ) {}

  /** Throws, once both have been tried, what one of them threw. */
  async run(remainingMs: () => number): Promise<UpkeepSummary> {
    const [cleaned] = await Promise.allSettled([this.orphans.run(remainingMs, shareForNews * remainingMs())]);
    const news = await this.news.run(remainingMs, reservedMs);
    if (cleaned.status === 'rejected') throw cleaned.reason;
    return { cleaned: cleaned.value, news };
  }
}
