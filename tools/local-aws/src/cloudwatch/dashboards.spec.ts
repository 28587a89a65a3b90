import {
  CloudWatchClient,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import { clientOf, endpointForSpec } from '../spec/endpoint';

const endpoint = endpointForSpec();
let cloudwatch: CloudWatchClient;
beforeAll(() => (cloudwatch = new CloudWatchClient(clientOf(endpoint.url))));
afterAll(() => cloudwatch.destroy());

describe('dashboards', () => {
  it('are kept, listed and deleted; what is no JSON is refused', async () => {
    const DashboardBody = JSON.stringify({ widgets: [] });
    await cloudwatch.send(new PutDashboardCommand({ DashboardName: 'board', DashboardBody }));
    expect((await cloudwatch.send(new GetDashboardCommand({ DashboardName: 'board' }))).DashboardBody).toBe(
      DashboardBody,
    );
    expect((await cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries).toMatchObject([
      { DashboardName: 'board', Size: 14 },
    ]);
    const bad = new PutDashboardCommand({ DashboardName: 'bad', DashboardBody: '{' });
    await expect(cloudwatch.send(bad)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: ['board'] }));
    const gone = new GetDashboardCommand({ DashboardName: 'board' });
    await expect(cloudwatch.send(gone)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });
});
