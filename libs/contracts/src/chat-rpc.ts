import { z } from 'zod';
import { ChatRequest, KnowledgeQuery } from './chat';
import { PageQuery } from './page';

/**
 * The calls between api-gateway and chat. Requests and answers are JSON texts checked by the schemas below, so that one
 * schema serves both sides; protobuf gives the transport: deadlines, cancellation, back-pressure.
 */
export const chatProto = `
syntax = "proto3";
package stocktool.chat.v1;

service Chat {
  // Starts a reply and streams its events. Closing the stream only detaches the reader.
  rpc Reply (Request) returns (stream Event);
  // Streams the events of a running or recent reply after a given sequence.
  rpc Attach (Request) returns (stream Event);
  rpc Cancel (Request) returns (Answer);
  rpc ListConversations (Request) returns (Answer);
  rpc GetConversation (Request) returns (Answer);
  rpc DeleteConversation (Request) returns (Answer);
  // Runs the tool calls of an answer again and says what is equal.
  rpc Replay (Request) returns (Answer);
  // Ends the caller's replies and deletes conversations and streams of theirs; not done yet when there was too much for one call.
  rpc EraseUser (Request) returns (Answer);
  rpc ListModels (Request) returns (Answer);
  rpc SearchKnowledge (Request) returns (Answer);
  // The assistant's tools without the assistant: what there is, and one call of one.
  rpc ListTools (Request) returns (Answer);
  rpc CallTool (Request) returns (Answer);
  // Answered at once by a process that is alive, whoever asks.
  rpc Ping (Request) returns (Answer);
}

message Request { string json = 1; }
message Answer { string json = 1; }
message Event {
  int32 sequence = 1;
  string json = 2;
}
`;

export const chatPackage = 'stocktool.chat.v1';
export const chatService = 'Chat';

/** gRPC metadata key of the caller's signed context: a JWT that only the gateway can make. */
export const userContextKey = 'x-user-context';
/**
 * Claims of that JWT: HS256 with the first `userContextKey` of the secret, named by `kid`, `aud` chat, `sub` the user's id, `exp` a minute
 * ahead. Made by the gateway for each call.
 */
export const userContextAudience = 'chat';
export const UserContext = z.object({ sub: z.uuid(), aud: z.literal(userContextAudience), exp: z.number() });
export type UserContext = z.infer<typeof UserContext>;

export const requestIdKey = 'x-request-id';

export interface RpcText {
  json: string;
}

/** Sequences start at 1 and have no gap; `json` is a ChatEvent. */
export interface RpcEvent {
  sequence: number;
  json: string;
}

/**
 * With a `messageId`, the reply is begun once under that id: a second call reads the first one's reply. Strict as what the user sent:
 * a chat service that does not know an option yet says so, rather than answering another question.
 */
export const ReplyCall = ChatRequest.extend({ messageId: z.uuid().optional() });
export type ReplyCall = z.infer<typeof ReplyCall>;
/* The other calls are not strict: a later gateway may send more (docs/decisions/0029). */
export const AttachCall = z.object({
  messageId: z.uuid(),
  afterSequence: z.number().int().min(0).max(1_000_000_000),
});
export type AttachCall = z.infer<typeof AttachCall>;
export const CancelCall = z.object({ messageId: z.uuid() });
export const ReplayCall = z.object({ messageId: z.uuid() });
export const ConversationCall = z.object({ conversationId: z.uuid() });
export const ListConversationsCall = z.object(PageQuery.shape);
export const SearchKnowledgeCall = z.object(KnowledgeQuery.shape);
export const EraseUserAnswer = z.object({ done: z.boolean() });

const JsonSchema = z.looseObject({ type: z.literal('object') });
/** `keeps`: it begins something that stays; a key needs the scope `write` for it. */
const OfferedTool = z.object({
  name: z.string(),
  description: z.string(),
  keeps: z.boolean(),
  inputSchema: JsonSchema,
  outputSchema: JsonSchema,
});
export type OfferedTool = z.infer<typeof OfferedTool>;
export const ListToolsAnswer = z.object({ tools: z.array(OfferedTool) });
/** `mayKeep`: the caller's credentials have the scope `write`. */
export const CallToolCall = z.object({
  name: z.string().max(100),
  arguments: z.record(z.string(), z.unknown()),
  mayKeep: z.boolean(),
});
/** `result` is that of the tool, or its failure. */
export const CallToolAnswer = z.object({ ok: z.boolean(), result: z.record(z.string(), z.unknown()) });
