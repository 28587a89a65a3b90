import type { Chart } from '../charts/drawing';
import type { Block, Cell, KeyFigure, Section, Table, Term } from '../document/report-document';
import { markup, type Markup } from './markup';
import { svgOf } from './svg';

export const sectionOf = ({ id, title, note, blocks }: Section): Markup =>
  markup`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2>${note !== undefined && markup`<p class="note">${note}</p>`}${blocks.map(blockOf)}</section>
`;

function blockOf(block: Block): Markup {
  switch (block.kind) {
    case 'key figures':
      return markup`<dl class="key">${block.figures.map(keyFigureOf)}</dl>`;
    case 'chart':
      return figureOf(block.chart, block.terms);
    case 'table':
      return tableOf(block.table);
    case 'tables beside each other':
      return markup`<div class="pair">${block.tables.map(tableOf)}</div>`;
    case 'sentences':
      return markup`<div class="sentences">${block.sentences.map((sentence) => markup`<p>${sentence}</p>`)}</div>`;
    case 'warnings':
      return markup`<ul class="warnings">${block.warnings.map(({ message, path }) => markup`<li>${message} <code>${path}</code></li>`)}${block.more > 0 && markup`<li>and ${block.more} more, all in the JSON report</li>`}</ul>`;
    case 'terms':
      return markup`<dl class="terms">${block.terms.map(({ id, name, text }) => markup`<div id="${id}"><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
  }
}

const hover = (term: Term | undefined) => term && markup` title="${term.text}"`;

const figureOf = (chart: Chart, terms: readonly (Term | undefined)[]): Markup => {
  const known = terms.filter((term) => term !== undefined);
  return markup`<figure${hover(known[0])}>${
    chart.legend.length > 0 &&
    markup`<p class="legend" aria-hidden="true">${chart.legend.map(({ tone, text, faint }) => markup`<span class="${tone}${faint && ' faint'}">${text}</span>`)}</p>`
  }${svgOf(chart)}${known.length > 0 && markup`<figcaption>Definition: ${known.map((term, i) => markup`${i > 0 && ', '}${named(term.name, term)}`)}</figcaption>`}</figure>`;
};

/** A name leads to how its figure is computed, and says it on hover. */
const named = (name: string, term: Term | undefined): Markup | string =>
  term ? markup`<a class="term" href="#${term.id}" title="${term.text}">${name}</a>` : name;

const valueOf = ({ text, missing, aside }: Cell): Markup =>
  markup`${missing === undefined ? text : markup`<abbr title="${missing}">${text}</abbr>`}${aside !== undefined && markup`<small>${aside}</small>`}`;

const keyFigureOf = ({ name, cell, below, term }: KeyFigure): Markup =>
  markup`<div${term && markup` title="${term.text}"`}><dt>${named(name, term)}</dt><dd>${valueOf(cell)}<span class="sub">${below}</span></dd></div>`;

/** Definitions at every cell of a large table would be half of its bytes; its headings have them. */
const mostExplainedCells = 400;

const classed = (...names: (string | false | undefined)[]) => {
  const given = names.filter(Boolean).join(' ');
  return given !== '' && markup` class="${given}"`;
};

function tableOf(table: Table): Markup {
  const { name, captioned, columns, ofSymbols, dense, note } = table;
  const headless = columns.length === 2 && captioned && !ofSymbols && !columns[1]!.words;
  const head = columns.map(
    ({ name: heading, term, words }) =>
      markup`<th scope="col"${classed(words && 'words')}>${named(heading, term)}</th>`,
  );
  return markup`<div class="table"><div class="scroll" tabindex="0" role="region" aria-label="${name}"><table${classed(ofSymbols && 'symbols', dense && 'dense')}${hover(ofAll(table))}><caption${classed(!captioned && 'unseen')}>${name}</caption><thead${classed(headless && 'unseen')}><tr>${head}</tr></thead><tbody>${bodyOf(table)}</tbody></table></div>${note !== undefined && markup`<p class="note below">${note}</p>`}</div>`;
}

/** The one definition that all figures have. */
function ofAll({ columns, rows }: Table): Term | undefined {
  const [first, ...others] = columns.slice(1);
  const one = rows.every(({ term }) => !term) && others.every(({ term }) => term === first?.term);
  return one ? first?.term : undefined;
}

/** A definition stands where a pointer on the figure finds it: at the table, the row, or the cell. */
function bodyOf(table: Table): Markup[] {
  const { columns, rows } = table;
  const explained = !ofAll(table) && rows.length * columns.length <= mostExplainedCells;
  return rows.map(({ name, term, cells }) => {
    const own = (column: Table['columns'][number] | undefined) =>
      explained && !column?.words ? hover(column?.term) : undefined;
    const shown = cells.map((cell, i) => {
      const tint = cell.tint && markup` style="--strength:${(cell.tint.strength * 0.55).toFixed(2)}"`;
      return markup`<td${classed(columns[i + 1]?.words && 'words', cell.tint && `tint ${cell.tint.tone}`)}${tint}${own(columns[i + 1])}>${valueOf(cell)}</td>`;
    });
    return markup`<tr${hover(term)}><th scope="row">${named(name, term)}</th>${shown}</tr>`;
  });
}
