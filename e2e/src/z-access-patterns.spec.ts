import { isDeclared, topology } from '@stocktool/topology';
import { api, awsUrl } from './client';

interface RecordedCall {
  client: string;
  service: string;
  operation: string;
  resource: string;
  index?: string;
  scan?: boolean;
  filter?: string;
}

it('the whole run asked DynamoDB only what the access-pattern table declares: no scan, nothing filtered that a key finds', async () => {
  const { body } = await api<{ calls: RecordedCall[]; dropped: number }>('GET', `${awsUrl}/_local/calls`);
  expect(body.dropped).toBe(0);
  const ours = new Set(
    [...Object.values(topology.services), ...Object.values(topology.functions)].map(({ name }) => name as string),
  );
  const calls = body.calls.filter(({ service, client }) => service === 'dynamodb' && ours.has(client));
  expect(calls.length).toBeGreaterThan(10);
  const undeclared = calls.filter(({ operation, resource, index }) => !isDeclared(resource, operation, index));
  expect(undeclared).toEqual([]);
  expect(calls.filter(({ scan, filter }) => scan === true || filter !== undefined)).toEqual([]);
});
