import { percentText, ratioText } from '../format';
import type { Cell, Column, Row, Table } from './report-document';

const dash = '\u2013';
const withoutReason = 'undefined for these data';

/** A figure, or a dash with the reason. */
const figure =
  (text: (value: number) => string) =>
  (value: number | null | undefined, why: string = withoutReason): Cell =>
    typeof value === 'number' ? { text: text(value) } : { text: dash, missing: why };

export const percent = figure(percentText);
export const ratio = figure(ratioText);
export const figureBy = figure;
export const words = (text: string): Cell => ({ text });
export const empty: Cell = { text: '' };

/** More are found under Warnings. */
const mostReasons = 3;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A table that explains its dashes when it has some. */
export function table(about: Omit<Table, 'columns' | 'rows'>, columns: readonly Column[], rows: readonly Row[]): Table {
  const reasons = new Set(rows.flatMap(({ cells }) => cells.flatMap(({ missing }) => missing ?? [])));
  const listed = [...reasons].slice(0, mostReasons).map(sentence).join(' ');
  const note =
    reasons.size > 0
      ? `${dash} No figure: ${listed}${reasons.size > mostReasons ? ' And others, see Warnings.' : ''}`
      : '';
  const notes = [about.note ?? '', note].filter((each) => each !== '').join(' ');
  return { ...about, columns, rows, note: notes === '' ? undefined : notes };
}
