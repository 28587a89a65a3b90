import type { Chart, Tone } from '../charts/drawing';

/** What a report says, for every output alike: the page and the PDF show the same texts because both are made from this. */
export interface ReportDocument {
  title: string;
  /** The holdings. */
  lead: string;
  /** Period, benchmark, sources. */
  facts: string;
  disclaimer: string;
  sections: readonly Section[];
  closing: string;
}

export interface Section {
  /** Unique in the document. */
  id: string;
  title: string;
  note?: string;
  blocks: readonly Block[];
}

export type Block =
  | { kind: 'key figures'; figures: readonly KeyFigure[] }
  /** `terms`: of the figures that it shows. */
  | { kind: 'chart'; chart: Chart; terms: readonly (Term | undefined)[] }
  | { kind: 'table'; table: Table }
  | { kind: 'tables beside each other'; tables: readonly Table[] }
  | { kind: 'sentences'; sentences: readonly string[] }
  | { kind: 'warnings'; warnings: readonly { message: string; path: string }[]; more: number }
  | { kind: 'terms'; terms: readonly Term[] };

/** How a figure is computed; an entry of the appendix. */
export interface Term {
  id: string;
  name: string;
  text: string;
}

export interface KeyFigure {
  name: string;
  cell: Cell;
  below: string;
  term?: Term | undefined;
}

export interface Table {
  /** Names the table for those who do not see where it stands; shown above it when there is no heading for it alone. */
  name: string;
  captioned?: true;
  /** The first is that of the row names. */
  columns: readonly Column[];
  rows: readonly Row[];
  /** Rows named by symbols. */
  ofSymbols?: true;
  /** Many narrow columns, in smaller type. */
  dense?: true;
  note?: string | undefined;
}

export interface Column {
  name: string;
  term?: Term | undefined;
  /** Words, not figures. */
  words?: true;
}

export interface Row {
  name: string;
  term?: Term | undefined;
  cells: readonly Cell[];
}

export interface Cell {
  text: string;
  /** What stands beside the figure in smaller type. */
  aside?: string | undefined;
  /** There is no figure; why. */
  missing?: string | undefined;
  /** A coloured ground, 0 to 1. */
  tint?: { tone: Tone; strength: number } | undefined;
}
