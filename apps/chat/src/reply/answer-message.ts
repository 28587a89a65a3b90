import { Logger } from '@nestjs/common';
import { Problem, problemDetails, type ChatEvent, type FinishReason, type Usage } from '@stocktool/contracts';
import type { UserPayer } from '../budget/user-payer';
import type { NewMessage } from '../conversation/conversation-rows';
import type { ConversationMemory } from '../conversation/memory';
import type { ConversationTable } from '../conversation/conversation.table';
import type { DataVersions } from '../replay/data-versions';
import { evidenceOf, type Evidence } from '../replay/evidence';
import type { ReplyStream } from '../stream/reply-stream';
import { ReplyStopped } from '../stream/stream-hub';
import { emptyDraft, type Draft, ReplyLoop, type ReplyRequest } from './reply-loop';

export interface Answering extends ReplyRequest {
  readonly payer: UserPayer;
  readonly conversationId: string;
  /** The write of the user's message, under way while the model is already asked. */
  readonly userMessageSaved: Promise<void>;
}

/** How a reply ended, as its last event and its stored message say it. */
interface End {
  readonly finishReason: FinishReason;
  readonly problem?: Problem;
}

/** Carries one reply from its first event to its last, and stores it before the last one is sent. */
export class AnswerMessage {
  private readonly logger = new Logger(AnswerMessage.name);

  constructor(
    private readonly loop: ReplyLoop,
    private readonly conversations: ConversationTable,
    private readonly memory: ConversationMemory,
    private readonly versions: Pick<DataVersions, 'of'>,
  ) {}

  async run(answering: Answering, stream: ReplyStream, signal: AbortSignal): Promise<void> {
    const { conversationId, messageId, userId, userMessageSaved } = answering;
    stream.publish({ event: 'conversation', data: { conversationId, messageId } });
    const draft = emptyDraft();
    let end = await this.generate(answering, draft, stream, signal);
    await answering.payer.close();
    const usage = usageOf(answering, draft);
    try {
      const [evidence] = await Promise.all([this.evidence(answering, draft), userMessageSaved]);
      const message = { ...messageFrom(messageId, draft, end.finishReason, usage), evidence };
      await this.conversations.append(userId, conversationId, message);
    } catch (error) {
      end = { finishReason: 'error', problem: this.problemOf(error) };
    }
    stream.publish({ event: 'usage', data: usage });
    const { finishReason, problem } = end;
    if (problem) stream.publish({ event: 'problem', data: problemDetails(problem) });
    else stream.publish({ event: 'done', data: { messageId, finishReason, degraded: draft.degraded } });
    setImmediate(() => this.memory.count({ messageId, ...draft }));
  }

  /** Of the first question to a model, apart from what is remembered of the conversation. */
  openingTokens(message: string, today: string): number {
    return this.loop.openingTokens(message, today);
  }

  /** An answer is worth more than the versions of its data: one that cannot be told is left out. */
  private async evidence({ userId, asOf }: Answering, draft: Draft): Promise<Evidence> {
    const data = await this.versions.of(userId, draft.toolCalls).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the versions of the data of an answer are not known');
      return [];
    });
    return evidenceOf(draft, data, asOf);
  }

  private async generate(answering: Answering, draft: Draft, stream: ReplyStream, signal: AbortSignal): Promise<End> {
    let open = true; // a tool that was left behind must not speak after the end
    const emit = (event: ChatEvent) => void (open && stream.publish(event));
    try {
      await this.loop.run(answering, draft, emit, signal);
      return { finishReason: draft.finishReason ?? 'stop' };
    } catch (error) {
      const stopped: unknown = signal.aborted ? signal.reason : undefined;
      if (!(stopped instanceof ReplyStopped)) return { finishReason: 'error', problem: this.problemOf(error) };
      return endOf(stopped);
    } finally {
      open = false;
    }
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    this.logger.error({ err: error }, 'a reply failed');
    return new Problem('internal-error', 'The reply failed; we have been told.');
  }
}

function endOf({ why }: ReplyStopped): End {
  switch (why) {
    case 'cancelled':
    case 'detached':
      return { finishReason: 'cancelled' };
    case 'draining':
      return {
        finishReason: 'error',
        problem: new Problem('reply-interrupted', 'The service is restarting. Please ask again.'),
      };
    case 'lost':
      return {
        finishReason: 'error',
        problem: new Problem('reply-interrupted', 'The reply could not be stored. Please ask again.'),
      };
  }
}

const usageOf = ({ model, payer }: Answering, { answeredBy = model.name, tokens }: Draft): Usage => ({
  model: answeredBy,
  promptTokens: tokens.prompt,
  completionTokens: tokens.completion,
  costUsd: payer.costUsd,
});

const messageFrom = (messageId: string, draft: Draft, finishReason: FinishReason, usage: Usage): NewMessage => ({
  messageId,
  role: 'assistant',
  content: draft.content,
  toolCalls: draft.toolCalls,
  toolRecords: draft.toolRecords,
  citations: draft.citations,
  grounding: draft.grounding,
  usage,
  degraded: draft.degraded,
  ...(draft.readOthers && { readOthers: true }),
  finishReason,
});
