import type { SymbolMatch } from '@stocktool/contracts';
import { readQuestion, type Question } from './question';

const continues = /^\s*(?:(?:and|but|or|ok(?:ay)?|now|so)\b|(?:what|how)\s+about\b|same\s+(?:for|with)\b|also\b)/i;
const compares = /\b(?:compar\w+|versus|vs|than|against)\b/i;
/** "And what is its Sharpe ratio?" asks for a figure, "how about minimum variance?" for another optimum. */
const asksBack = /\b(?:what|how|why|which|explain|define)\b(?!\s+(?:about|if)\b)/i;
const complete = new Set(['greeting', 'thanks', 'help', 'definition', 'unsupported']);
const rememberedQuestions = 4;

/**
 * The last question, completed by those before it: "and Microsoft?" asks the same of another company, "how risky is it?" asks
 * about the company named before, "and since 2018?" changes the period only.
 */
export function readConversation(
  questions: readonly string[],
  universe: readonly SymbolMatch[],
  today: string,
): Question {
  const recent = questions.slice(-rememberedQuestions).map((text) => readQuestion(text, universe, today));
  return recent.reduce(completeFrom);
}

function completeFrom(previous: Question, current: Question): Question {
  const refined = refinedOptimum(previous, current);
  if (refined) return refined;
  if (current.intent === 'what-if' || (current.intent === 'optimize' && current.mentions.length === 0))
    return withHoldingsOf(previous, current);
  const follows = continues.test(current.text);
  if (complete.has(current.intent) && !(follows && current.mentions.length > 0)) return current;
  const dated = current.period.spans.length > 0;
  const { intent, text } = current;

  if (current.mentions.length === 0) {
    const inherits = follows || current.refersBack || (dated && intent === 'unknown');
    if (!inherits || current.unknownNames.length > 0 || previous.mentions.length === 0) return current;
    const sameIntent = intent === 'unknown' || (follows && dated && intent === 'history');
    return {
      ...previous,
      text,
      intent: sameIntent ? previous.intent : intent,
      period: dated ? current.period : previous.period,
      wantsAdvice: current.wantsAdvice,
    };
  }
  // "compare it with PEP": the other one was named before
  if (current.refersBack && current.mentions.length === 1 && compares.test(text) && previous.mentions.length > 0)
    return {
      ...current,
      intent: 'comparison',
      mentions: [...previous.mentions.slice(0, 1), ...current.mentions],
      period: dated ? current.period : previous.period,
    };
  if (!follows || complete.has(previous.intent) || previous.mentions.length === 0) return current;
  // "and Microsoft?": nothing but a name, so the question is the one before
  if (intent !== 'quote' || /\b(?:price|quote|worth|trading)\b/i.test(text)) return current;
  const asked = previous.intent === 'comparison' ? 'risk' : previous.intent;
  if (asked === 'correlation')
    return {
      ...current,
      intent: asked,
      mentions: [...previous.mentions.slice(0, 1), ...current.mentions],
      period: previous.period,
    };
  if (asked === 'portfolio' || asked === 'what-if' || asked === 'optimize') return current;
  return { ...current, intent: asked, period: dated ? current.period : previous.period };
}

/** "Make it minimum variance", "with at most 40% in each": the same optimum, by what is said now. */
function refinedOptimum(previous: Question, current: Question): Question | undefined {
  const { intent, mentions, unknownNames, portfolioName, refersBack, text } = current;
  const { objective, maxWeight } = current.optimising;
  const isRefining = (objective !== undefined || maxWeight !== undefined) && !asksBack.test(text);
  const isAnother = mentions.length > 0 || unknownNames.length > 0 || portfolioName !== undefined;
  if (previous.intent !== 'optimize' || !isRefining || isAnother) return undefined;
  if (
    intent === 'what-if' ||
    intent === 'alert' ||
    intent === 'my-portfolios' ||
    (intent === 'optimize' && !refersBack)
  )
    return undefined;
  const { target: _, ...untargeted } = previous.optimising;
  const before = objective === undefined ? previous.optimising : untargeted;
  return {
    ...previous,
    text,
    optimising: { ...before, ...current.optimising },
    period: current.period.spans.length > 0 ? current.period : previous.period,
    wantsAdvice: current.wantsAdvice,
  };
}

/** "What if I sell half of my Apple?" and "optimise it" are of the holdings that were spoken of before. */
function withHoldingsOf({ holdings, portfolioName, period, mentions }: Question, current: Question): Question {
  if (current.holdings.length > 0 || current.portfolioName !== undefined) return current;
  const dated = current.period.spans.length > 0;
  return {
    ...current,
    holdings,
    ...(current.mentions.length === 0 && holdings.length > 0 && { mentions }),
    ...(portfolioName !== undefined && { portfolioName }),
    period: dated || holdings.length === 0 ? current.period : period,
  };
}
