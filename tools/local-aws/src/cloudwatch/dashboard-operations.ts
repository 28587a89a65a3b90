import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { accountId } from '../account';
import { AwsError } from '../aws-error';
import { operation, type Operations } from '../http/json-service';
import { Documents } from '../state/documents';
import { page } from './metric-operations';

const mostDashboards = 500;
const mostBodyBytes = 1024 * 1024;
const arnOf = (name: string): string => `arn:aws:cloudwatch::${accountId}:dashboard/${name}`;
const code = 'DashboardInvalidInputError';

interface Dashboard {
  readonly body: string;
  readonly changedAt: number;
}

/** Dashboards: kept and told, drawn nowhere. */
export function dashboardOperations(database: DatabaseSync): Operations {
  const documents = new Documents<Dashboard>(database, 'dashboard');
  const dashboards = documents.load();
  const missing = (name: string): AwsError =>
    new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, {
      status: 404,
      queryCode: 'ResourceNotFound',
    });

  return {
    PutDashboard: operation(
      z.object({ DashboardName: z.string().regex(/^[\w-]{1,255}$/), DashboardBody: z.string().max(mostBodyBytes) }),
      ({ DashboardName, DashboardBody }) => {
        checkBody(DashboardBody);
        if (!dashboards.has(DashboardName) && dashboards.size >= mostDashboards) {
          throw new AwsError('LimitExceededFault', 'Too many dashboards', { queryCode: 'LimitExceeded' });
        }
        const dashboard = { body: DashboardBody, changedAt: Date.now() };
        documents.put(DashboardName, dashboard);
        dashboards.set(DashboardName, dashboard);
        return { DashboardValidationMessages: [] };
      },
      code,
    ),
    GetDashboard: operation(z.object({ DashboardName: z.string() }), ({ DashboardName }) => {
      const dashboard = dashboards.get(DashboardName);
      if (!dashboard) throw missing(DashboardName);
      return { DashboardArn: arnOf(DashboardName), DashboardBody: dashboard.body, DashboardName };
    }),
    ListDashboards: operation(
      z.object({ DashboardNamePrefix: z.string().nullish(), NextToken: z.string().nullish() }),
      ({ DashboardNamePrefix, NextToken }) => {
        const found = [...dashboards].filter(([name]) => name.startsWith(DashboardNamePrefix ?? ''));
        const { shown, ...more } = page(found, 1000, NextToken);
        const DashboardEntries = shown.map(([name, { body, changedAt }]) => ({
          DashboardName: name,
          DashboardArn: arnOf(name),
          LastModified: changedAt / 1000,
          Size: Buffer.byteLength(body),
        }));
        return { DashboardEntries, ...more };
      },
    ),
    DeleteDashboards: operation(z.object({ DashboardNames: z.array(z.string()).min(1) }), ({ DashboardNames }) => {
      const unknown = DashboardNames.find((name) => !dashboards.has(name));
      if (unknown !== undefined) throw missing(unknown);
      for (const name of DashboardNames) {
        documents.delete(name);
        dashboards.delete(name);
      }
    }),
  };
}

function checkBody(body: string): void {
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return;
  } catch {
    // refused below
  }
  throw new AwsError(code, 'The field DashboardBody must be a valid JSON object', {
    queryCode: 'InvalidParameterInput',
  });
}
