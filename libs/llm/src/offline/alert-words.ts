const number = String.raw`(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)`;
const price = String.raw`(?:\$\s?)?${number}(?!\d|[.,]\d|\s*(?:%|percent|per\s+cent))`;
const above = new RegExp(String.raw`(?:>=?|\b(?:above|over|exceeds?|beyond|reach(?:es)?|hits?|(?:rises?|goes|climbs?|gets?)\s+(?:up\s+)?to|at\s+least|more\s+than))\s*${price}`, 'i'); // prettier-ignore
const below = new RegExp(String.raw`(?:<=?|\b(?:below|under|beneath|(?:falls?|drops?|goes|sinks?|gets?)\s+(?:down\s+)?to|at\s+most|less\s+than))\s*${price}`, 'i'); // prettier-ignore
const change = new RegExp(String.raw`\b(?:moves?|changes?|swings?|rises?|falls?|drops?|gains?|loses?)\s+(?:by\s+)?(?:more\s+than\s+|at\s+least\s+)?${number}\s*(?:%|percent\b|per\s+cent\b)`, 'i'); // prettier-ignore

export interface FoundAlert {
  readonly above?: number;
  readonly below?: number;
  readonly changePercent?: number;
}

const valueOf = (found: RegExpExecArray | null): number | undefined =>
  found ? Number(found[1]?.replaceAll(',', '')) : undefined;

/** "above $150", "falls to 100", "moves by 5%"; nothing where no level is named. */
export function findAlert(text: string): FoundAlert {
  const [up, down, move] = [above, below, change].map((pattern) => valueOf(pattern.exec(text)));
  return {
    ...(up !== undefined && { above: up }),
    ...(down !== undefined && { below: down }),
    ...(move !== undefined && { changePercent: move }),
  };
}
