import path from 'node:path';
import { ChatReply, parseJson } from '@stocktool/contracts';
import {
  BundledPrices,
  evaluationQuestions,
  groupRows,
  markLines,
  missLines,
  score,
  type Score,
} from '@stocktool/llm/evaluation';
import { z } from 'zod';
import { keepResult } from './results';
import { startBenchSystem } from './system/bench-system';

/**
 * `npm run eval -- [model]`: the questions of libs/llm/evaluation, asked over HTTP of the model that is named, or of the first that `MODELS`
 * names, or of the offline model. Exit 1 where the offline model misses anything: for others a miss is a finding.
 */
process.env['MARKET_DATA'] = 'bundled';
const { gatewayUrl, apiKey, stop } = await startBenchSystem();
const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
const Models = z.object({ items: z.array(z.object({ name: z.string(), default: z.boolean() })) });
const { items } = parseJson(Models, await (await fetch(`${gatewayUrl}/v1/models`, { headers })).text());
const model = process.argv[2] ?? items.find((row) => row.default)?.name ?? 'offline';

async function ask(body: object): Promise<ChatReply> {
  const answer = await fetch(`${gatewayUrl}/v1/chat`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  return parseJson(ChatReply, text);
}

const prices = new BundledPrices(path.resolve(import.meta.dirname, '../../data/prices'));
const scores: Score[] = [];
let [degraded, costUsd] = [0, 0];
const startedAt = performance.now();
for (const question of evaluationQuestions()) {
  let conversationId: string | undefined;
  let reply: ChatReply | undefined;
  for (const [turn, message] of question.asks.entries()) {
    const isLast = turn === question.asks.length - 1;
    const asOf = isLast && question.asOf !== undefined ? { asOf: question.asOf } : {};
    reply = await ask({ message, model, ...(conversationId !== undefined && { conversationId }), ...asOf });
    conversationId = reply.conversationId;
    costUsd += reply.usage.costUsd;
  }
  if (!reply) continue;
  if (reply.degraded) degraded += 1; // the offline model stood in: it is not this model that is scored
  scores.push(score(question, reply, prices));
}
const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
const rows = groupRows(scores);
const misses = missLines(scores);
console.table(rows);
const marks = markLines(scores);
for (const line of [...misses, ...marks]) console.log(line);
console.log(`${model}: ${scores.length} questions, ${misses.length} misses, ${degraded} answered by the offline model in its place, $${costUsd.toFixed(4)}, ${seconds} s`); // prettier-ignore
keepResult(`eval-${model.replace(/[^\w.-]/g, '-')}`, { model, questions: scores.length, rows, misses, marks, degraded, costUsd, seconds }); // prettier-ignore
await stop();
process.exit(model === 'offline' && misses.length > 0 ? 1 : 0);
