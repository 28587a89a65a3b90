export { BundledPrices } from './bundled-prices';
export { evaluationQuestions } from './questions';
export { groupRows, missLines } from './report';
export { score, type Score } from './score';
