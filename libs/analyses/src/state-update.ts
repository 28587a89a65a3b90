import { stateItemId } from './analysis-rows';

interface StateChange {
  readonly set: Readonly<Record<string, unknown>>;
  /** Assignments that compute, such as `#attempts = #attempts + :one`; `:one` is given. */
  readonly compute?: readonly string[];
  readonly remove?: readonly string[];
  /** A condition over `#attribute` names; its values are in `values`, under names that `set` does not use. */
  readonly when: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** One conditional write to a state item, but for its table. Every write adds one to `revision`, the id of the events made from the item. */
export function stateUpdate(
  userId: string,
  analysisId: string,
  { set, compute = [], remove = [], when, values }: StateChange,
) {
  const assignments = Object.keys(set).map((name) => `#${name} = :${name}`);
  const update = [
    `SET ${['#revision = #revision + :one', ...compute, ...assignments].join(', ')}`,
    ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
  ].join(' ');
  return {
    Key: { userId, itemId: stateItemId(analysisId) },
    UpdateExpression: update,
    ConditionExpression: when,
    ExpressionAttributeNames: Object.fromEntries(
      [...`${update} ${when}`.matchAll(/#(\w+)/g)].map(([alias, name]) => [alias, name ?? '']),
    ),
    ExpressionAttributeValues: {
      ':one': 1,
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ...values,
    },
    ReturnValues: 'ALL_NEW' as const,
    ownWrite: true,
  };
}
