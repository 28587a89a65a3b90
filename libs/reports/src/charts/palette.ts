import type { Tone } from './drawing';

type Palette = Readonly<Record<Tone | 'soft' | 'warn' | 'warnSoft', string>>;

/** Text on paper has a contrast of at least 4.5 to 1 (WCAG AA), lines of charts at least 3 to 1. */
export const light: Palette = {
  ink: '#16202c',
  muted: '#56626f',
  rule: '#dfe4ea',
  paper: '#ffffff',
  own: '#12507b',
  market: '#b3671a',
  other: '#5f4b9b',
  gain: '#12507b',
  loss: '#a8323a',
  positive: '#c8741f',
  negative: '#1f6fb2',
  soft: '#f5f7f9',
  warn: '#8a5a00',
  warnSoft: '#fdf6e6',
};

export const dark: Palette = {
  ink: '#e4e9ef',
  muted: '#a0abb9',
  rule: '#2b343f',
  paper: '#11161c',
  own: '#6db3e8',
  market: '#e2a25c',
  other: '#b3a1ec',
  gain: '#6db3e8',
  loss: '#ec8087',
  positive: '#d98a3d',
  negative: '#4b9bdf',
  soft: '#19212a',
  warn: '#e8bd6a',
  warnSoft: '#2a2416',
};
