import path from 'node:path';
import { BundledPrices } from './bundled-prices';
import { expectedValue } from './expected-figure';
import { evaluationQuestions } from './questions';
import { groupRows, missLines } from './report';
import { score, type Answered } from './score';

const prices = new BundledPrices(path.resolve(import.meta.dirname, '../../../../data/prices'));
const [figure] = [{ figure: 'totalReturn', symbol: 'KO', from: '2020-01-01', to: '2020-12-31' } as const];
const question = {
  id: 'q',
  group: 'history',
  asks: ['Coca-Cola in 2020'],
  tools: [['get_historical_prices', { symbol: 'KO' }]] as [string, Record<string, unknown>][],
  figures: [figure],
  cites: 'returns',
  refuses: false,
  says: ['bundled'],
};
const call = (name: string, symbol: string) => ({ id: '1', name, arguments: { symbol, extra: 1 }, ok: true, durationMs: 1 }); // prettier-ignore
const shown = (expectedValue(figure, prices) * 100).toFixed(2);
const right: Answered = {
  content: `It returned ${shown}%, say the bundled prices.`,
  toolCalls: [call('get_historical_prices', 'KO')],
  citations: [{ id: '1', title: 'Returns', documentId: 'returns', snippet: '' }],
  grounding: [{ start: 0, end: 1, text: shown, ok: true }],
};
const misses = (changed: Partial<Answered>, asked: object = {}) => score({ ...question, ...asked }, { ...right, ...changed }, prices).misses; // prettier-ignore

describe('the score of an answer', () => {
  it('is whole where tool, number, citation and words are right, as fraction or percent', () => {
    expect(misses({})).toEqual([]);
    expect(misses({ content: `A return of ${(Number(shown) / 100).toFixed(4)}, bundled` })).toEqual([]);
  });

  it.each<[string, Partial<Answered>, object, RegExp]>([
    ['another number', { content: 'It returned 99.17%, bundled' }, {}, /totalReturn KO .* is not there/],
    ['a number that could be anything', { content: `It returned ${Math.round(Number(shown) / 10) * 10}%, bundled` }, {}, /is not there/],
    ['another symbol', { toolCalls: [call('get_historical_prices', 'PEP')] }, {}, /was not asked with/],
    ['a tool beside', { toolCalls: [...right.toolCalls, call('get_news', 'KO')] }, {}, /get_news was asked/],
    ['no tool', { toolCalls: [] }, {}, /was not asked with/],
    ['no citation', { citations: [] }, {}, /does not cite returns/],
    ['no refusal', {}, { refuses: true }, /does not say that it cannot/],
    ['words that are not there', { content: shown }, {}, /does not say bundled/],
  ])('misses %s', (_, changed, asked, expected) => expect(misses(changed, asked).join()).toMatch(expected)); // prettier-ignore

  it('is told by group and as lines', () => {
    const scores = [score(question, right, prices), score(question, { ...right, toolCalls: [] }, prices)];
    expect(groupRows(scores)).toMatchObject([{ group: 'history', tools: '1/2', numbers: '2/2' }, { group: 'all', questions: 2, citations: '2/2', marked: '0/2' }]); // prettier-ignore
    expect(missLines(scores)).toHaveLength(1);
  });

  it('has figures that can be computed for every question', () => {
    const all = evaluationQuestions().flatMap(({ figures }) => figures);
    expect(all.filter((one) => !Number.isFinite(expectedValue(one, prices)))).toEqual([]);
  });
});
