/** A page of the web, in plain text: what it says is data, and nobody has checked it. */
export interface WebPage {
  readonly title: string;
  readonly url: string;
  /** An ISO date; null where the engine does not know. */
  readonly publishedAt: string | null;
  readonly snippet: string;
}

export interface WebQuery {
  readonly query: string;
  readonly count: number;
  /** Nothing later, as far as the engine knows dates. */
  readonly until?: string;
}

/** A search engine of the web. Throws Problem `dependency-unavailable` where it gives no answer. */
export abstract class WebSearchSource {
  abstract readonly name: string;
  abstract search(query: WebQuery, signal: AbortSignal): Promise<WebPage[]>;
}
