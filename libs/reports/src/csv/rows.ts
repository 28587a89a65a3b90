/** A figure or a text of the result, and where it stands. */
export interface CsvRow {
  /** The part of the result: portfolio.performance, assets, monteCarlo, … */
  section: string;
  /** The place within the section, in dots. */
  key: string;
  symbol: string;
  /** ISO date, or year and month. */
  date: string;
  value: number | null | string;
}

type Place = Omit<CsvRow, 'value'>;
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const under = (place: Place, key: string): Place => ({ ...place, key: place.key === '' ? key : `${place.key}.${key}` });

/**
 * Every figure and text of a value as rows, none left out. Rows of a list are told by what names them (symbol, date, scenario)
 * or by their position; lists beside `dates` belong to those dates; records by symbol put the symbol in its own column.
 */
export function* rowsOf(value: unknown, place: Place, symbols: ReadonlySet<string>): Generator<CsvRow> {
  if (Array.isArray(value)) yield* rowsOfList(value, place, symbols);
  else if (isFields(value)) yield* rowsOfFields(value, place, symbols);
  else if (value !== undefined) yield { ...place, value: value as CsvRow['value'] };
}

function* rowsOfFields(fields: Fields, place: Place, symbols: ReadonlySet<string>): Generator<CsvRow> {
  const { dates, symbols: axis, matrix } = fields;
  if (isTexts(axis) && Array.isArray(matrix)) {
    yield* rowsOfMatrix(axis, matrix as unknown[][], place);
    return;
  }
  for (const [key, value] of Object.entries(fields)) {
    if (isTexts(dates) && key === 'dates') continue;
    if (isTexts(dates) && Array.isArray(value) && value.length === dates.length) {
      for (const [i, each] of value.entries()) yield* rowsOf(each, { ...under(place, key), date: dates[i]! }, symbols);
    } else if (place.symbol === '' && symbols.has(key)) yield* rowsOf(value, { ...place, symbol: key }, symbols);
    else yield* rowsOf(value, under(place, key), symbols);
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each: unknown) => typeof each === 'string');

function* rowsOfMatrix(axis: readonly string[], matrix: readonly unknown[][], place: Place): Generator<CsvRow> {
  for (const [i, row] of matrix.entries())
    for (const [j, value] of row.entries())
      yield { ...under(place, axis[j]!), symbol: axis[i]!, value: value as number | null };
}

function* rowsOfList(list: readonly unknown[], place: Place, symbols: ReadonlySet<string>): Generator<CsvRow> {
  for (const [i, each] of list.entries()) {
    if (!isFields(each)) yield* rowsOf(each, under(place, String(i)), symbols);
    else {
      const { at, rest } = named(each, place, i);
      yield* rowsOfFields(rest, at, symbols);
    }
  }
}

/** Where a row of a list stands, and what is left of it. */
function named({ ...rest }: Fields, place: Place, position: number): { at: Place; rest: Fields } {
  const take = (key: string) => {
    const value = rest[key];
    delete rest[key];
    return String(value);
  };
  if (typeof rest['symbol'] === 'string') return { at: { ...place, symbol: take('symbol') }, rest };
  if (typeof rest['year'] === 'number' && typeof rest['month'] === 'number')
    return { at: { ...place, date: `${take('year')}-${take('month').padStart(2, '0')}` }, rest };
  for (const key of ['scenario', 'sector', 'day'])
    if (key in rest) return { at: under(place, key === 'day' ? `day ${take(key)}` : take(key)), rest };
  return { at: under(place, String(position + 1)), rest };
}
