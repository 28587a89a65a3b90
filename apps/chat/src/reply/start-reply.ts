import { Logger } from '@nestjs/common';
import type { ReplyCall } from '@stocktool/contracts';
import type { LanguageModel } from '@stocktool/llm';
import { v7 as uuidv7 } from 'uuid';
import type { BudgetTable } from '../budget/budget.table';
import { UserPayer } from '../budget/user-payer';
import type { ConversationTable, RecentConversation } from '../conversation/conversation.table';
import { messagesRead, rememberedTokensAtMost, type ConversationMemory } from '../conversation/memory';
import { titleOf } from '../conversation/title';
import type { ReplyStream } from '../stream/reply-stream';
import type { StreamHub } from '../stream/stream-hub';
import type { AnswerMessage } from './answer-message';
import { confirmedBy } from './confirmed-by';
import type { Models } from './models';

/** What "today" is for the market data: a data set of the past stands still at its end. */
export type Today = () => string;

type Beginning = Omit<ReplyCall, 'model' | 'conversationId'> & {
  readonly model: LanguageModel;
  readonly today: string;
  readonly payer: UserPayer;
  readonly known: RecentConversation | undefined;
};

/** Takes a message and starts its reply, which then runs by itself. */
export class StartReply {
  private readonly logger = new Logger(StartReply.name);

  constructor(
    private readonly hub: StreamHub,
    private readonly conversations: ConversationTable,
    private readonly models: Models,
    private readonly answer: AnswerMessage,
    private readonly today: Today,
    private readonly budget: BudgetTable,
    private readonly memory: ConversationMemory,
  ) {}

  /**
   * At most one round trip to the store before the model is asked, and none for a new conversation with a model that costs
   * nothing: the user's budget is asked beside the conversation, and the message and the stream's head are written meanwhile. Resolves with its id when other processes can find the reply. Under an id that is
   * given the head comes first: a reply that was begun under it before is not begun again.
   */
  async run(userId: string, { message, model: modelName, asOf, ...rest }: ReplyCall): Promise<string> {
    const model = this.models.find(modelName);
    const today = this.today();
    const payer = new UserPayer(this.budget, userId);
    try {
      const read =
        rest.conversationId === undefined
          ? undefined
          : this.conversations.recent(userId, rest.conversationId, messagesRead);
      const remembered = rest.conversationId === undefined ? 0 : rememberedTokensAtMost;
      const expense = model.expense(this.answer.openingTokens(message, today) + remembered);
      const [known] = await Promise.all([read, expense && payer.open(expense)]);
      return await this.begin(userId, { ...rest, message, model, asOf, today, payer, known });
    } catch (error) {
      await payer.close();
      throw error;
    }
  }

  private async begin(userId: string, beginning: Beginning): Promise<string> {
    const { message, model, asOf, today, payer, known, ...rest } = beginning;
    const conversationId = known?.header.conversationId ?? uuidv7();
    const question = { messageId: uuidv7(), role: 'user', content: message } as const;
    const messageId = rest.messageId ?? uuidv7();
    const work = (own: ReplyStream, signal: AbortSignal) => {
      const userMessageSaved = known
        ? this.conversations.append(userId, conversationId, question)
        : this.conversations.begin(userId, conversationId, titleOf(message), question);
      userMessageSaved.catch(() => undefined); // awaited before the reply is stored; until then it must not go unhandled
      const confirmed = confirmedBy(message, known?.messages.at(-1));
      const history = this.memory.remembered(known?.messages ?? []);
      const readOthers = known?.messages.some((row) => row.readOthers === true) ?? false;
      return this.answer.run(
        {
          userId,
          conversationId,
          messageId,
          message,
          history,
          model,
          payer,
          userMessageSaved,
          readOthers,
          today: asOf !== undefined && asOf < today ? asOf : today,
          ...(asOf !== undefined && { asOf }),
          ...(confirmed.length > 0 && { confirmed }),
        },
        own,
        signal,
      );
    };
    if (rest.messageId === undefined) await this.hub.start(userId, messageId, work).opened;
    else if (!(await this.hub.startOnce(userId, messageId, work))) {
      await payer.close();
      return messageId;
    }
    if (known) this.keepMessages(known.header);
    return messageId;
  }

  private keepMessages(header: Parameters<ConversationTable['keepMessages']>[0]): void {
    this.conversations.keepMessages(header).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the expiry of old messages could not be moved; the next message tries again');
    });
  }
}
