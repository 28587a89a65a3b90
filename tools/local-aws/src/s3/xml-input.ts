import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { malformedXml } from './s3-error';

export interface XmlInput {
  readonly [name: string]: string | XmlInput | readonly (string | XmlInput)[] | undefined;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
});

/** The children of a document's root, which has to be the expected one. */
export function parseXml(text: string, root: string): XmlInput {
  try {
    if (XMLValidator.validate(text) === true) {
      const document = parser.parse(text) as Record<string, unknown>;
      if (Object.hasOwn(document, root)) return asTree(document[root]);
    }
  } catch {
    // refused below, like any text that is no XML
  }
  throw malformedXml();
}

const asTree = (value: unknown): XmlInput => (value !== null && typeof value === 'object' ? (value as XmlInput) : {});

/** One or many elements of a name, as elements. */
export const elements = (tree: XmlInput, name: string): XmlInput[] => listOf(tree[name]).map(asTree);
export const element = (tree: XmlInput, name: string): XmlInput => elements(tree, name)[0] ?? {};
export const texts = (tree: XmlInput, name: string): string[] =>
  listOf(tree[name]).map((value) => (typeof value === 'string' ? value : ''));
export const textOf = (tree: XmlInput, name: string): string | undefined => texts(tree, name)[0];

const listOf = (value: XmlInput[string]): readonly (string | XmlInput)[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly (string | XmlInput)[]) : [value as string | XmlInput];
};
