export { BundledPrices } from './bundled-prices';
export { evaluationQuestions } from './questions';
export { groupRows, markLines, missLines } from './report';
export { score, type Score } from './score';
