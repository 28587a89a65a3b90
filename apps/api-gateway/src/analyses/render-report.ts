import type { Analysis } from '@stocktool/contracts';

export type BuiltFormat = 'html' | 'json';

export function renderReport(_analysis: Analysis, _format: BuiltFormat): { body: string; contentType: string } {
  throw new Error('placeholder until reports');
}
