import { randomBytes } from 'node:crypto';
import type { Item } from './attribute-value';
import { ConditionFailed } from './failures';

interface Write {
  ConditionExpression?: string | undefined;
  ExpressionAttributeValues?: Item | undefined;
}
interface Marked {
  Item?: Item | undefined;
  UpdateExpression?: string | undefined;
}

/** Twelve characters: the attribute is paid for with every write and read of its item. */
const newMark = (): string => randomBytes(9).toString('base64url');
const notYet = '(attribute_not_exists(lastWrite) OR lastWrite <> :lastWrite)';

/**
 * Sends a write that marks its item with `lastWrite`, under the condition that the item does not bear the mark yet. When the answer
 * to a write that landed is lost, the SDK sends it again; the condition then refuses, and the mark tells our own write from
 * somebody else's. The item as it was then stands for the answer. Another `ownWrite` in between takes the mark's place: a caller
 * that must be sure reads the item.
 */
export async function once<Input extends Write & Marked>(
  input: Input,
  send: (marked: Input) => Promise<Item | undefined>,
): Promise<Item | undefined> {
  const mark = newMark();
  const { ConditionExpression: when, ExpressionAttributeValues: values } = input;
  const marked: Input = {
    ...input,
    ...(input.Item && { Item: { ...input.Item, lastWrite: mark } }),
    ...(input.UpdateExpression !== undefined && { UpdateExpression: withMark(input.UpdateExpression) }),
    ConditionExpression: when === undefined ? notYet : `(${when}) AND ${notYet}`,
    ExpressionAttributeValues: { ...values, ':lastWrite': mark },
  };
  try {
    return await send(marked);
  } catch (error) {
    if (error instanceof ConditionFailed && error.item?.lastWrite === mark) return error.item;
    throw error;
  }
}

/** An update has one SET clause at most. */
function withMark(update: string): string {
  const assignment = 'lastWrite = :lastWrite';
  const withSet = update.replace(/(?<![#:\w])SET\s/, `SET ${assignment}, `);
  return withSet === update ? `${update} SET ${assignment}` : withSet;
}
