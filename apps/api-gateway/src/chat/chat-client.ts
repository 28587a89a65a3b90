import { Metadata, type CallOptions, type Client, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import type { ClientGrpc } from '@nestjs/microservices';
import { Pulse } from '@stocktool/aws-client';
import { rpcProblem } from '@stocktool/bootstrap';
import { ChatEvent, chatService, Clock, parseJson, Problem, type RpcEvent, type RpcText } from '@stocktool/contracts';
import type { z } from 'zod';
import type { Caller } from '../access/access';
import { Heartbeat } from './heartbeat';
import { UserContexts } from './user-context';

export const chatClientToken = Symbol('chat gRPC client');
/** Longer than `Pulse` waits, which decides: a chat service that is away for less than that, nobody sees away. */
const connectedWithinMs = 900;
/** grpc-js's ConnectivityState.READY; the enum itself would be loaded at start. */
const ready = 2;
const answerWithinMs = 10_000;
/** Longer than `Pulse` waits for a service that is slow. */
const pingWithinMs = 3000;
/** A question under way costs money and is not asked again lightly; work for it may keep the service from answering pings for a while. */
const questionPatienceMs = 4000;
const streamWithinMs = 10 * 60_000;
/** The gRPC status of a call that was cut off, of one whose deadline has passed, and of one whose connection is gone. */
const cancelled = 1;
const deadlineExceeded = 4;
const unavailable = 14;

type Who = Pick<Caller, 'userId' | 'roles'>;
type StreamCall = 'Reply' | 'Attach';
type AnswerCall =
  | 'Cancel'
  | 'EraseUser'
  | 'ListConversations'
  | 'GetConversation'
  | 'DeleteConversation'
  | 'Replay'
  | 'ListModels'
  | 'SearchKnowledge'
  | 'ListTools'
  | 'CallTool'
  | 'Ping';

type Raw = Pick<Client, 'getChannel' | 'waitForReady'> &
  Record<StreamCall, (request: RpcText, metadata: Metadata, options: CallOptions) => ClientReadableStream<RpcEvent>> &
  Record<
    AnswerCall,
    (
      request: RpcText,
      metadata: Metadata,
      options: CallOptions,
      done: (error: ServiceError | null, answer?: RpcText) => void,
    ) => { cancel(): void }
  >;

/** Nobody waits for these: a service that is overloaded for a while is not given up. */
const patientCalls: readonly AnswerCall[] = ['EraseUser'];

export interface SequencedEvent {
  readonly sequence: number;
  readonly event: ChatEvent;
}

/**
 * The chat service over gRPC, every call with a deadline. The raw client rather than Nest's observables: reading the stream
 * by hand gives back-pressure from the browser to the model.
 */
@Injectable()
export class ChatClient {
  private readonly pulse = new Pulse('The chat service');
  private readonly heartbeat = new Heartbeat(this.pulse, (options) => this.ping(options));

  constructor(
    @Inject(chatClientToken) private readonly client: ClientGrpc,
    private readonly contexts: UserContexts,
    private readonly clock: Clock,
  ) {}

  async ask<Schema extends z.ZodType>(
    who: Who,
    call: AnswerCall,
    request: object,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const metadata = await this.contexts.metadata(who);
    await this.connected();
    const { json } = await this.answer(call, request, metadata);
    return parseJson(schema, json);
  }

  /** Events until the reply ends. The signal closes the call, which to the chat service means that one reader left. */
  async *events(who: Who, call: StreamCall, request: object, signal: AbortSignal): AsyncGenerator<SequencedEvent> {
    const metadata = await this.contexts.metadata(who);
    await this.connected();
    if (call === 'Reply') await this.heartbeat.look();
    if (signal.aborted) return;
    let silence: Problem | undefined;
    // Until the first event: a reader of a reply under way is not cut off for a process that pauses.
    const giveUp = (problem: Problem) => {
      silence = problem;
      stream.cancel();
    };
    const heard = await this.heartbeat.watch(giveUp, call === 'Reply' ? questionPatienceMs : 0);
    const stream = this.raw()[call]({ json: JSON.stringify(request) }, metadata, this.deadline(streamWithinMs));
    const leave = () => stream.cancel();
    signal.addEventListener('abort', leave, { once: true });
    try {
      for await (const { sequence, json } of stream as AsyncIterable<RpcEvent>) {
        heard();
        yield { sequence, event: parseJson(ChatEvent, json) };
      }
    } catch (error) {
      if (!signal.aborted) throw silence ?? problemOf(error);
    } finally {
      heard();
      signal.removeEventListener('abort', leave);
      stream.cancel();
    }
  }

  private async answer(call: AnswerCall, request: object, metadata: Metadata): Promise<RpcText> {
    const { promise, resolve, reject } = Promise.withResolvers<RpcText>();
    const giveUp = (problem: Problem) => {
      reject(problem);
      sent.cancel();
    };
    const heard = patientCalls.includes(call) ? undefined : await this.heartbeat.watch(giveUp);
    const sent = this.raw()[call](
      { json: JSON.stringify(request) },
      metadata,
      this.deadline(answerWithinMs),
      (error, answer) => {
        if (answer) resolve(answer);
        else reject(problemOf(error));
      },
    );
    return promise.finally(() => heard?.());
  }

  /** Settles with whatever comes back; an error is an answer too: a version that knows no pings. A connection that breaks is none. */
  private ping({ abortSignal }: { abortSignal?: AbortSignal }): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = this.raw().Ping({ json: '{}' }, new Metadata(), this.deadline(pingWithinMs), (error) => {
        if (error && [cancelled, deadlineExceeded, unavailable].includes(error.code)) reject(error);
        else resolve();
      });
      abortSignal?.addEventListener('abort', () => sent.cancel(), { once: true });
    });
  }

  /** Nothing has been sent before this, so waiting repeats nothing. */
  private async connected(): Promise<void> {
    const client = this.raw();
    if (Number(client.getChannel().getConnectivityState(true)) === ready) return;
    const deadline = this.clock.epochMs() + connectedWithinMs;
    const connecting = () =>
      new Promise<void>((resolve, reject) => {
        client.waitForReady(deadline, (cause) => (cause ? reject(notConnected(cause)) : resolve()));
      });
    await this.pulse.call(connecting);
  }

  private raw(): Raw {
    return this.client.getClientByServiceName<Raw>(chatService);
  }

  private deadline(milliseconds: number): CallOptions {
    return { deadline: this.clock.epochMs() + milliseconds };
  }
}

const notConnected = (cause: Error): Problem =>
  new Problem('dependency-unavailable', 'The chat service does not answer.', { cause, retryAfterSeconds: 2 });

/** A call that we did not give up and that is cancelled was cut off by a process that ended. */
function problemOf(error: unknown): Error {
  if (error instanceof Error && 'code' in error && error.code === cancelled)
    return new Problem('dependency-unavailable', 'The chat service broke off.', { cause: error, retryAfterSeconds: 1 });
  return rpcProblem.fromError(error) ?? (error instanceof Error ? error : new Error('the chat service did not answer'));
}
