import type { PrincipalId } from '@stocktool/topology';
import { impliedActions, playedCalls } from './implied';
import { decide, matches, type Statement } from './policy';
import type { RecordedRequest } from './recorded-calls';

export interface Findings {
  /** Calls that were made and that the role does not allow. */
  readonly denied: readonly string[];
  /** Actions on resources that the role allows and that nobody used. */
  readonly unused: readonly string[];
  /** Rows of the tables of exceptions that fit nothing any more. */
  readonly idleExceptions: readonly string[];
}

/** Both directions: what is needed is allowed, and what is allowed is needed. */
export function check(
  policies: Readonly<Record<PrincipalId, readonly Statement[]>>,
  calls: readonly RecordedRequest[],
): Findings {
  const excused = new Set<string>();
  const except = (table: Readonly<Record<string, string>>, ...keys: string[]): boolean => {
    const key = keys.find((candidate) => candidate in table);
    if (key !== undefined) excused.add(key);
    return key !== undefined;
  };
  const denied = calls
    .filter((call) => decide(policies[call.principal], call) === 'denied')
    .filter(({ principal, action, resource }) => {
      const prefix = /:s3:::[^/]+\/([^/]+)/.exec(resource)?.[1];
      return !except(playedCalls, `${principal} ${action}`, `${principal} ${action} ${prefix}`);
    })
    .map(({ principal, action, resource }) => `${principal} needs ${action} on ${resource}`);

  const unused = (Object.entries(policies) as [PrincipalId, Statement[]][]).flatMap(([principal, statements]) =>
    statements.flatMap(singles).flatMap((statement) => {
      const [action = '', resource = ''] = [statement.actions[0], statement.resources[0]];
      const on = `${action} on ${resource.split(':').at(-1)}`;
      if (except(impliedActions, action, on, `${principal} ${on}`)) return [];
      return calls.some((call) => call.principal === principal && matches(statement, call))
        ? []
        : [`${principal} may ${action} on ${resource}, and no run did`];
    }),
  );
  const rows = [...Object.keys(impliedActions), ...Object.keys(playedCalls)];
  return {
    denied: [...new Set(denied)],
    unused: [...new Set(unused)],
    idleExceptions: rows.filter((row) => !excused.has(row)),
  };
}

/** A statement of several actions and resources is one for each pair. */
const singles = (statement: Statement): Statement[] =>
  statement.effect === 'Deny'
    ? []
    : statement.actions.flatMap((action) =>
        statement.resources.map((resource) => ({ ...statement, actions: [action], resources: [resource] })),
      );
