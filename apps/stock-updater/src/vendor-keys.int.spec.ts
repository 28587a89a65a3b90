import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientSettings } from '@stocktool/aws-client';
import { Secrets } from '@stocktool/aws-secrets';
import { localSecrets } from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { readConfig } from './config';
import { withVendorKeys } from './vendor-keys';

const { name } = topology.secrets.marketDataKeys;
const client = localSecrets();
/** As the function calls itself: its right to do so is checked against what is recorded. */
const own = new SecretsManagerClient(clientSettings());
/** Also one that another suite left on a backend that both use. */
const forget = () => client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
beforeAll(() => forget().catch(() => undefined)); // it may not be there
afterAll(() => {
  client.destroy();
  own.destroy();
});

const configured = (environment: Record<string, string>) => withVendorKeys(readConfig(environment), new Secrets(own));
const store = (SecretString: string) => client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));

describe('keys of vendors', () => {
  it('are not looked for where data is bundled, and missed where it is live and there is no secret', async () => {
    expect(await configured({})).not.toHaveProperty('FINNHUB_API_KEY');
    await expect(configured({ MARKET_DATA: 'live' })).rejects.toThrow();
  });

  it('come from the secret, where the environment has none; an empty one is none', async () => {
    await client.send(new CreateSecretCommand({ Name: name, SecretString: '{"unused":"random"}' }));
    expect((await configured({ MARKET_DATA: 'live' })).FINNHUB_API_KEY).toBeUndefined();
    await store('{"FINNHUB_API_KEY":"stored","ALPHA_VANTAGE_API_KEY":"","unused":"random"}');
    const { FINNHUB_API_KEY, ALPHA_VANTAGE_API_KEY } = await configured({ MARKET_DATA: 'live' });
    expect([FINNHUB_API_KEY, ALPHA_VANTAGE_API_KEY]).toEqual(['stored', undefined]);
    const given = await configured({ MARKET_DATA: 'live', FINNHUB_API_KEY: 'given' });
    expect(given.FINNHUB_API_KEY).toBe('given');
  });
});
