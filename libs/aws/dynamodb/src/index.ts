export { AttributeNotStorable, fromAttributes, type Item, toAttributes } from './attribute-value';
export { type CursorKey, decodeCursor, encodeCursor } from './cursor';
export { Dynamo, PromptDynamo, type QueryPage } from './dynamo';
export { DynamoModule } from './dynamo.module';
export { type CancellationReason, ConditionFailed, TransactionCanceled } from './failures';
export type { DeleteInput, GetInput, PutInput, QueryInput, TransactionItem, UpdateInput } from './inputs';
