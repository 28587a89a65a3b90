import path from 'node:path';
import type { PromptMessage } from '@stocktool/llm';
import { BundledPrices, evaluationQuestions, groupRows, missLines, score, type Score } from '@stocktool/llm/evaluation';
import { ask, stopAll } from './offline-answers.fixture';

afterAll(stopAll);
const prices = new BundledPrices(path.resolve(import.meta.dirname, '../../../data/prices'));
const questions = evaluationQuestions();

const scores: Score[] = [];
beforeAll(async () => {
  for (const question of questions) {
    const history: PromptMessage[] = [];
    for (const asked of question.asks.slice(0, -1)) {
      const { content } = await ask(asked, { history });
      history.push({ role: 'user', content: asked }, { role: 'assistant', content, toolCalls: [] });
    }
    const { asOf } = question;
    const answer = await ask(question.asks.at(-1)!, { history, ...(asOf !== undefined && { asOf }) });
    scores.push(score(question, answer, prices));
  }
}, 120_000);

describe('the offline model, asked what the evaluation asks', () => {
  it('is asked at least 120 questions of many kinds', () => {
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    expect(questions.length).toBeGreaterThanOrEqual(120);
    expect(new Set(questions.map(({ group }) => group)).size).toBeGreaterThanOrEqual(12);
    const figures = questions.flatMap((question) => question.figures);
    expect(figures.length).toBeGreaterThan(100);
  });

  it('chooses every tool, shows every number, cites and refuses as it should', () => {
    expect(missLines(scores)).toEqual([]);
    expect(groupRows(scores).at(-1)).toMatchObject({ group: 'all', questions: questions.length });
  });

  it('has fewer than one number in a hundred marked for nothing', () => {
    const all = scores.reduce((sum, { numbers }) => sum + numbers.all, 0);
    const marked = scores.reduce((sum, { numbers }) => sum + numbers.marked.length, 0);
    expect(all).toBeGreaterThan(1000);
    expect(marked / all).toBeLessThan(0.01);
  });
});
