import type { ChatToolArguments, ChatToolName, ChatToolResult, PriceAlertProposal } from '@stocktool/contracts';

/** For whom a tool runs, and the last date that may be known, whatever the model asks for. */
export interface ToolContext {
  readonly userId: string;
  readonly asOf?: string;
  readonly signal: AbortSignal;
  /** What this call said the first time, as JSON: a tool that begins something reads it, and begins nothing. */
  readonly began?: string;
  /** Of the answer before, where the user's message says yes to it: never anything that a model or a document says. */
  readonly confirmed?: readonly PriceAlertProposal[];
}

/** One thing the assistant can do; its description, arguments and result are a row of the contracts. */
export abstract class Tool<Name extends ChatToolName = ChatToolName> {
  abstract readonly name: Name;
  abstract run(args: ChatToolArguments<Name>, context: ToolContext): Promise<ChatToolResult<Name>>;
  /** One line for people who watch the reply being made. */
  abstract summary(result: ChatToolResult<Name>): string;

  /** What the user is asked behind the answer: in our words, whatever a model makes of the result. */
  question(_result: ChatToolResult<Name>): string | undefined {
    return undefined;
  }
}

/** The earlier of the date in the arguments and the date of the question. */
export function latestKnown(args: { asOf?: string | undefined }, { asOf }: ToolContext): string | undefined {
  if (args.asOf === undefined || asOf === undefined) return args.asOf ?? asOf;
  return args.asOf < asOf ? args.asOf : asOf;
}
