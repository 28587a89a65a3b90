const linkKeys = new Set(['url', 'self', 'report']);
const trailing = /[.,;:!?)\]}>*_'"]+$/;

/** The addresses that tools gave as addresses: of a story, a page found on the web, an analysis. What a text says is none. */
export class KnownLinks {
  private readonly links = new Set<string>();

  add(result: unknown): void {
    if (typeof result !== 'object' || result === null) return;
    for (const [key, value] of Object.entries(result)) {
      if (typeof value === 'string' && linkKeys.has(key)) this.links.add(value);
      else this.add(value);
    }
  }

  /** Letter by letter: with anything added to it, it could carry something out. */
  has(address: string): boolean {
    return this.links.has(address) || this.links.has(address.replace(trailing, ''));
  }
}
