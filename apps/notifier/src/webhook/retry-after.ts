/** RFC 9110: seconds, or a date. Undefined when absent or not understood. */
export function retryAfterSeconds(header: string | undefined, nowEpochMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(Math.ceil((at - nowEpochMs) / 1000), 0);
}
