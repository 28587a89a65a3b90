import { describeKept } from '@stocktool/testing';
import { HeaderRow, MessageRow } from './conversation/conversation-rows';
import { StreamHead, StreamPart } from './stream/stream-rows';

describeKept('rows/conversations/header', HeaderRow);
describeKept('rows/conversations/item', MessageRow);
describeKept('rows/idempotency/stream-head', StreamHead);
describeKept('rows/idempotency/stream-part', StreamPart);
