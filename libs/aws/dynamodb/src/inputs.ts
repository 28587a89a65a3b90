import type {
  AttributeValue,
  ConditionCheck,
  Delete,
  DeleteItemCommandInput,
  GetItemCommandInput,
  Put,
  PutItemCommandInput,
  QueryCommandInput,
  Update,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Item, toAttributes } from './attribute-value';

type Converted = 'Key' | 'Item' | 'ExpressionAttributeValues' | 'ExclusiveStartKey';
type Legacy =
  'AttributesToGet' | 'AttributeUpdates' | 'Expected' | 'ConditionalOperator' | 'KeyConditions' | 'QueryFilter';

/** An SDK input whose keys, items and values are plain JavaScript values. */
type WithItems<Input> = Omit<Input, Converted | Legacy> & InItems<Pick<Input, keyof Input & Converted>>;
type InItems<Input> = { [Name in keyof Input]: Plain<Input[Name]> };
type Plain<Value> = undefined extends Value ? Item | undefined : Item;

interface OwnWrite {
  /** Lands at most once, and its caller learns that it landed, though an answer be lost and the SDK send it again. See `once`. */
  ownWrite?: boolean;
}

export type GetInput = WithItems<GetItemCommandInput>;
export type PutInput = WithItems<PutItemCommandInput> & OwnWrite;
/** With `ownWrite`, `ReturnValues` is `ALL_NEW` or absent. */
export type UpdateInput = WithItems<UpdateItemCommandInput> & OwnWrite;
export type DeleteInput = WithItems<DeleteItemCommandInput>;
export type QueryInput = WithItems<QueryCommandInput>;
/** Exactly one of the four. */
export interface TransactionItem {
  Put?: WithItems<Put>;
  Update?: WithItems<Update>;
  Delete?: WithItems<Delete>;
  ConditionCheck?: WithItems<ConditionCheck>;
}

type AttributeMap = Record<string, AttributeValue>;
type WithAttributes<Input> = Omit<Input, Converted> & InAttributes<Pick<Input, keyof Input & Converted>>;
type InAttributes<Input> = {
  [Name in keyof Input]: undefined extends Input[Name] ? AttributeMap | undefined : AttributeMap;
};

const converted = ['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey'] as const;

/** The SDK's form of an input of ours. */
export function wireInput<Input extends object>(input: Input): WithAttributes<Input> {
  const copy = { ...input } as Record<string, unknown>;
  for (const name of converted) {
    if (copy[name] !== undefined) copy[name] = toAttributes(copy[name] as Item);
  }
  return copy as WithAttributes<Input>;
}
