export { ClaimLedger, type ClaimLedgerOptions } from './claim-ledger';
export { type ConsumerSettings } from './queue-consumers';
export { QueueDirectory, type QueueNames, type QueueNamesById } from './queue-directory';
export { isOutage } from './message-fate';
export { type MessageContext, QueueHandler, RetryLater } from './queue-handler';
export { ShuttingDown, VisibilityLost } from './in-flight';
export { QueueInspector } from './queue-inspector';
export { type ClaimedHandlers, QueueModule, type QueueModuleOptions } from './queue.module';
export { MessageTooLarge, QueueSender, type SendOptions } from './queue-sender';
