export interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Assignments that compute, over `#names` and `:values`. */
  readonly compute?: readonly string[];
  readonly when: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** One conditional write to a row, but for its table and key. */
export function documentUpdate({ set, remove = [], compute = [], when, values }: Change) {
  const assignments = [...compute, ...Object.keys(set).map((name) => `#${name} = :set_${name}`)];
  const update = [
    ...(assignments.length > 0 ? [`SET ${assignments.join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
  ].join(' ');
  return {
    UpdateExpression: update,
    ConditionExpression: when,
    ExpressionAttributeNames: Object.fromEntries(
      [...`${update} ${when}`.matchAll(/#(\w+)/g)].map(([alias, name]) => [alias, name ?? '']),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:set_${name}`, value])),
      ...values,
    },
    ReturnValues: 'ALL_NEW' as const,
    ownWrite: true,
  };
}
