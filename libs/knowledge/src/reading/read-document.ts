import { Problem, type DocumentType } from '@stocktool/contracts';
import { htmlPassages } from './html';
import { markdownPassages } from './markdown';
import { cutLong, type Passage } from './passage';
import { pdfPassages } from './pdf';

const pdfMarkWithinBytes = 1024;

const unreadable = (detail: string): Problem => new Problem('document-unreadable', detail);

/**
 * The passages of an uploaded document. What it is, its bytes say: they must fit the type that it was uploaded as. Throws Problem
 * `document-unreadable` with a reason for its owner.
 */
export async function readPassages(bytes: Uint8Array, declared: DocumentType, title: string): Promise<Passage[]> {
  const isPdf = Buffer.from(bytes.subarray(0, pdfMarkWithinBytes)).includes('%PDF-');
  if (declared === 'application/pdf') {
    if (!isPdf) throw unreadable('It was uploaded as a PDF, but is none.');
    return pdfPassages(bytes);
  }
  if (isPdf && bytes[0] === 0x25) throw unreadable(`It was uploaded as ${declared}, but is a PDF.`);
  const text = visible(decoded(bytes));
  const isPage = /^\s*(?:<!doctype html|<html[\s>])/i.test(text);
  if (declared === 'text/html' && !/<[a-z][a-z0-9]*[\s/>]/i.test(text))
    throw unreadable('It was uploaded as HTML, but is none.');
  if (declared === 'text/plain' && isPage) throw unreadable('It was uploaded as plain text, but is HTML.');
  const passages = declared === 'text/html' || isPage ? htmlPassages(text) : textPassages(text, declared, title);
  if (passages.length === 0) throw unreadable('It has no text.');
  return passages;
}

const textPassages = (text: string, declared: DocumentType, title: string): Passage[] =>
  declared === 'text/markdown' ? markdownPassages(text, title) : cutLong({ headings: [], text });

/** UTF-8, or UTF-16 with its mark in front. */
function decoded(bytes: Uint8Array): string {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw unreadable('It is not text: it has zero bytes in it.');
    return text;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('document-unreadable', 'It is not text in UTF-8 or UTF-16.', { cause });
  }
}

/** One kind of line end, and no characters that a reader does not see but a model does: tags, joiners, marks of direction. */
function visible(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu, '')
    .replace(/[\u0001-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, ' ');
}
