import type { Unavailable } from '@stocktool/contracts';

export const unavailable = (code: string, reason: string): Unavailable => ({ unavailable: { code, reason } });

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
