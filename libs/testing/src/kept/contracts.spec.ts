import {
  AnalysisResult,
  AttachCall,
  CancelCall,
  ChatEvent,
  chatProto,
  Conversation,
  ConversationCall,
  ConversationSummary,
  EraseUserAnswer,
  KnowledgeHit,
  ListConversationsCall,
  ModelRow,
  pageOf,
  queues,
  ReplyCall,
  SearchKnowledgeCall,
  StockToolEvent,
  UserContext,
} from '@stocktool/contracts';
import { parse } from 'protobufjs';
import { describeKept } from './describe-kept';
import { keep, keptOf } from './kept-versions';

const unpublished = 'a field of price.alert, which no version up to 2026-11-30 published';
const unreadHere = { 'data.asOf is not written': unpublished, 'data.source is not written': unpublished };

describeKept('queues/analysis', queues.analysis.body);
describeKept('queues/notifications', queues.notifications.body, { unreadHere });
describeKept('queues/metrics', queues.metrics.body);
describeKept('topics/notifications', StockToolEvent, { unreadHere });
describeKept('objects/result', AnalysisResult);

// Options of a question that a chat service does not know are refused by it, for a newer one to answer.
describeKept('calls/reply', ReplyCall, { strangers: 'handed back' });
describeKept('calls/attach', AttachCall);
describeKept('calls/cancel', CancelCall);
describeKept('calls/conversation', ConversationCall);
describeKept('calls/list-conversations', ListConversationsCall);
describeKept('calls/search-knowledge', SearchKnowledgeCall);
describeKept('calls/user-context', UserContext);
describeKept('answers/event', ChatEvent);
describeKept('answers/conversations', pageOf(ConversationSummary));
describeKept('answers/conversation', Conversation);
describeKept('answers/model', ModelRow);
describeKept('answers/knowledge-hit', KnowledgeHit);
describeKept('answers/erase-user', EraseUserAnswer);

describe('the gRPC service, between versions', () => {
  const name = 'calls/proto';
  const descriptor = parse(chatProto).root.toJSON();
  const keepAs = process.env['KEEP_VERSION'];
  it('has every call and field that a kept version has, under the same number', () => {
    if (keepAs !== undefined) keep({ version: keepAs, written: [descriptor] }, name);
    const kept = keptOf(name).flatMap(({ written = [] }) => written);
    expect(kept.length).toBeGreaterThan(0);
    for (const one of kept) expect(descriptor).toMatchObject(one as object);
  });
});
