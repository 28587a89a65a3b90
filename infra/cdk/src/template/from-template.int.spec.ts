import { provision } from '@stocktool/provision';
import { templatesOf } from '../templates.fixture';
import { staging } from '../environments';
import { createFromTemplate } from './from-template';

const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
const place = { region: 'us-east-1', endpoint };

/** What AWS does differently from an emulator, on purpose: keys of its own, and policies that ask for TLS. */
const onlyInAws = new Set(['Policy', 'policy', 'SqsManagedSseEnabled', 'encryption']);

describe('the data template', () => {
  it('makes tables, queues, topics, subscriptions and buckets that the provisioner finds as the topology declares them', async () => {
    const made = await createFromTemplate(templatesOf('staging').data, place);
    const findings = await provision({ ...place, consoleOrigins: [`https://${staging.domainName}`], apply: false });
    const differences = findings
      .filter(({ resource }) => /^(table|queue|topic|subscription|bucket) /.test(resource))
      .flatMap(({ resource, state, detail }) =>
        detail === '' ? [`${resource}: ${state}`] : detail.split(', ').map((setting) => `${resource}: ${setting}`),
      )
      .filter((line) => !line.endsWith(': ok') && !onlyInAws.has(line.split(': ')[1] ?? ''));
    expect(differences).toEqual([]);
    const compared = findings.map(({ resource }) => resource).filter((name) => made.includes(name));
    // Ten tables, four queues and their dead-letter queues, the failure queue, four topics, two subscriptions, two buckets.
    expect(compared).toHaveLength(27);
    expect(made).toHaveLength(28); // and the bucket of access logs
  });
});
