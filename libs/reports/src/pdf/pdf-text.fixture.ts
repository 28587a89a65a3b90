import { inflateSync } from 'node:zlib';

/** The 32 characters of Windows-1252 that are not those of Latin-1. */
const windows1252 = new TextDecoder('windows-1252');

/** What the content streams of a PDF draw with the operator TJ, in their order. */
export function textsOf(pdf: Uint8Array): string[] {
  const file = Buffer.from(pdf);
  const texts: string[] = [];
  for (let at = file.indexOf('stream\n'); at >= 0; at = file.indexOf('stream\n', at + 7)) {
    const end = file.indexOf('\nendstream', at);
    const compressed = file[at + 7] === 0x78;
    if (file.subarray(at - 3, at).toString() === 'end' || !compressed || end < 0) continue;
    const content = inflateSync(file.subarray(at + 7, end)).toString('latin1');
    for (const [, array] of content.matchAll(/\[([^\]]*)\] TJ/g)) {
      const hex = [...array!.matchAll(/<([0-9a-f]*)>/g)].map(([, digits]) => digits).join('');
      texts.push(windows1252.decode(Buffer.from(hex, 'hex')));
    }
  }
  return texts;
}
