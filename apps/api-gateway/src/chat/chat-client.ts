import type { CallOptions, Client, ClientReadableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import type { ClientGrpc } from '@nestjs/microservices';
import { Pulse } from '@stocktool/aws-client';
import { rpcProblem } from '@stocktool/bootstrap';
import { ChatEvent, chatService, Clock, parseJson, Problem, type RpcEvent, type RpcText } from '@stocktool/contracts';
import type { z } from 'zod';
import type { Caller } from '../access/access';
import { UserContexts } from './user-context';

export const chatClientToken = Symbol('chat gRPC client');
/** Longer than `Pulse` waits, which decides: a chat service that is away for less than that, nobody sees away. */
const connectedWithinMs = 1000;
/** grpc-js's ConnectivityState.READY; the enum itself would be loaded at start. */
const ready = 2;
const answerWithinMs = 10_000;
const streamWithinMs = 10 * 60_000;
/** The gRPC status of a call that was cut off. */
const cancelled = 1;

type Who = Pick<Caller, 'userId' | 'roles'>;
type StreamCall = 'Reply' | 'Attach';
type AnswerCall =
  | 'Cancel'
  | 'EraseUser'
  | 'ListConversations'
  | 'GetConversation'
  | 'DeleteConversation'
  | 'ListModels'
  | 'SearchKnowledge';

type Raw = Pick<Client, 'getChannel' | 'waitForReady'> &
  Record<StreamCall, (request: RpcText, metadata: Metadata, options: CallOptions) => ClientReadableStream<RpcEvent>> &
  Record<
    AnswerCall,
    (
      request: RpcText,
      metadata: Metadata,
      options: CallOptions,
      done: (error: ServiceError | null, answer?: RpcText) => void,
    ) => unknown
  >;

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
    const { json } = await new Promise<RpcText>((resolve, reject) => {
      this.raw()[call]({ json: JSON.stringify(request) }, metadata, this.deadline(answerWithinMs), (error, answer) => {
        if (answer) resolve(answer);
        else reject(problemOf(error));
      });
    });
    return parseJson(schema, json);
  }

  /** Events until the reply ends. The signal closes the call, which to the chat service means that one reader left. */
  async *events(who: Who, call: StreamCall, request: object, signal: AbortSignal): AsyncGenerator<SequencedEvent> {
    const metadata = await this.contexts.metadata(who);
    await this.connected();
    if (signal.aborted) return;
    const stream = this.raw()[call]({ json: JSON.stringify(request) }, metadata, this.deadline(streamWithinMs));
    const leave = () => stream.cancel();
    signal.addEventListener('abort', leave, { once: true });
    try {
      for await (const { sequence, json } of stream as AsyncIterable<RpcEvent>)
        yield { sequence, event: parseJson(ChatEvent, json) };
    } catch (error) {
      if (!signal.aborted) throw problemOf(error);
    } finally {
      signal.removeEventListener('abort', leave);
      stream.cancel();
    }
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
