/** Colours by what they mean; each output has its own palette for them. */
export type Tone =
  'ink' | 'muted' | 'rule' | 'paper' | 'own' | 'market' | 'other' | 'gain' | 'loss' | 'positive' | 'negative';

export type Point = readonly [x: number, y: number];

/** What every output can draw: straight lines, boxes, dots and texts. Lengths in pixels of the drawing, y downwards. */
export type Shape =
  | {
      kind: 'line';
      points: readonly Point[];
      tone: Tone;
      width: number;
      dash?: readonly [number, number];
    }
  | { kind: 'area'; points: readonly Point[]; tone: Tone; opacity: number }
  | {
      kind: 'box';
      x: number;
      y: number;
      width: number;
      height: number;
      tone: Tone;
      opacity?: number;
      radius?: number;
      hint?: string;
    }
  | { kind: 'dot'; at: Point; radius: number; tone: Tone; hint?: string }
  | {
      kind: 'text';
      at: Point;
      text: string;
      tone: Tone;
      anchor?: 'start' | 'middle' | 'end';
      bold?: true;
      size?: number;
      /** Reads upwards, turned around `at`. */
      upwards?: true;
    };

export interface Drawing {
  width: number;
  height: number;
  shapes: readonly Shape[];
}

/** One picture for all outputs. It is drawn anew for each width, because text in a scaled-down drawing becomes too small. */
export interface Chart {
  /** Unique in the document. */
  id: string;
  title: string;
  /** What the picture says, for those who do not see it. */
  description: string;
  legend: readonly { tone: Tone; text: string; faint?: true }[];
  draw: (width: number) => Drawing;
}

type Line = Extract<Shape, { kind: 'line' }>;
type Text = Extract<Shape, { kind: 'text' }>;

export const lineOf = (
  points: readonly Point[],
  tone: Tone,
  more: Partial<Pick<Line, 'width' | 'dash'>> = {},
): Shape => ({
  kind: 'line',
  points,
  tone,
  width: 1,
  ...more,
});

export const segment = (from: Point, to: Point, tone: Tone, more: Partial<Pick<Line, 'width' | 'dash'>> = {}): Shape =>
  lineOf([from, to], tone, more);

export const textAt = (
  at: Point,
  text: string,
  tone: Tone,
  more: Omit<Text, 'kind' | 'at' | 'text' | 'tone'> = {},
): Shape => ({ kind: 'text', at, text, tone, ...more });

const textSize = 12;
const narrow = 500;

export const isNarrow = (width: number): boolean => width < narrow;

/** Widths of letters in a wide sans serif (DejaVu Sans), in parts of the size; other small letters are like most of them. */
const widths: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[MW@%\u2014mw]/, 0.96],
  [/[~+=<>\u2212]/, 0.84],
  [/[ijl.,:;'|! ]/, 0.34],
  [/[-_()frt]/, 0.45],
  [/[A-Z&]/, 0.72],
];
const usualWidth = 0.64;
const boldness = 1.1;

/** About the width of a text, for the room that it needs; no wider than this in the usual fonts. */
export function roomFor(text: string, size = textSize, { bold = false } = {}): number {
  let total = 0;
  for (const letter of text) total += widths.find(([letters]) => letters.test(letter))?.[1] ?? usualWidth;
  return total * size * (bold ? boldness : 1);
}
