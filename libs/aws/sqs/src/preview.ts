import { parseJson } from '@stocktool/contracts';
import { redact, redactText } from '@stocktool/observability';
import { z } from 'zod';

const previewLength = 300;
const reasonLength = 250;

/** The beginning of a body for people, without what looks like a secret. Text that is not JSON is not shown at all. */
export function preview(body: string): string {
  try {
    return JSON.stringify(redact(parseJson(z.unknown(), body))).slice(0, previewLength);
  } catch {
    return `${Buffer.byteLength(body)} bytes that are not JSON`;
  }
}

/** Why a message failed, fit for a message attribute: never empty, no control characters. */
export function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? `${'code' in error ? String(error.code) : error.name}: ${error.message}` : '';
  const printable = redactText(reason).replace(/[^\u0020-\ud7ff\ue000-\ufffd]/g, ' ');
  return printable.slice(0, reasonLength) || 'unknown';
}
