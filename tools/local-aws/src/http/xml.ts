const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (character) => escapes[character]!);

export type XmlValue =
  string | number | boolean | undefined | null | Date | XmlTree | readonly XmlTree[] | readonly string[];
export interface XmlTree {
  readonly [name: string]: XmlValue;
}

/** An object becomes elements, a list becomes its name repeated, what is undefined is left out. */
export function toXml(tree: XmlTree): string {
  let text = '';
  for (const [name, value] of Object.entries(tree)) {
    if (Array.isArray(value)) for (const one of value as readonly (XmlTree | string)[]) text += element(name, one);
    else text += element(name, value as Exclude<XmlValue, readonly unknown[]>);
  }
  return text;
}

function element(name: string, value: Exclude<XmlValue, readonly unknown[]>): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === 'object') return `<${name}>${toXml(value)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** The map notation of the query protocol. */
export const xmlEntries = (map: Readonly<Record<string, string>>): XmlTree => ({
  entry: Object.entries(map).map(([key, value]) => ({ key, value })),
});
