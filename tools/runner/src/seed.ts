import { mkdirSync } from 'node:fs';
import { newestToken } from '@stocktool/inbox';
import { z } from 'zod';
import { seedDemoAccount } from './demo-account';
import { Failure } from './failure';
import { call, until } from './http';
import { directories, publicUrl } from './settings';

const Letters = z.object({ items: z.array(z.object({ to: z.array(z.string()), text: z.string() })) });

const readyTimeoutMs = 60_000;

/** `npm run demo-account`: makes the demo account of a system that runs elsewhere, in containers say (PUBLIC_URL, INBOX_URL). */
export async function demoAccount(): Promise<number> {
  const inboxUrl = process.env['INBOX_URL'] ?? 'http://localhost:4580';
  const ready = async () => ((await call('GET', `${publicUrl}/health/ready`)).status === 200 ? true : undefined);
  if ((await until(ready, readyTimeoutMs)) === undefined)
    throw new Failure(`Nothing is ready at ${publicUrl}. Another address: PUBLIC_URL=… npm run demo-account`);
  mkdirSync(directories.state, { recursive: true, mode: 0o700 });
  const { email, password, apiKey } = await seedDemoAccount(publicUrl, async (address) => {
    const { body } = await call('GET', `${inboxUrl}/messages.json`);
    return newestToken(Letters.parse(body).items, address);
  });
  console.log(`Demo user  ${email}\nPassword   ${password}\nAPI key    ${apiKey}`);
  return 0;
}
