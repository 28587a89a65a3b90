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

/** About the width of a text, for room on axes; digits and capitals are about this wide in a sans serif. */
export const roomFor = (text: string, size = textSize): number => text.length * size * 0.6;
