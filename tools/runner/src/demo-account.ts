import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { call, until } from './http';
import { Failure } from './failure';
import { directories, files } from './settings';

const demoEmail = 'demo@stocktool.example';
/** A comma list: the demo account, unless the environment says otherwise. */
export const adminEmails = process.env['ADMIN_EMAILS'] ?? demoEmail;
const demoIsAdmin = adminEmails
  .toLowerCase()
  .split(/\s*,\s*/)
  .includes(demoEmail);

const DemoAccount = z.object({ email: z.string(), password: z.string(), apiKey: z.string() });
export type DemoAccount = z.infer<typeof DemoAccount>;

const User = z.object({ emailVerified: z.boolean(), roles: z.array(z.string()) });
const SignedIn = z.object({ accessToken: z.string(), user: User });
const mailTimeoutMs = 15_000;

/** Where the mail of the system ends: the token of the newest letter to an address. */
export type MailedToken = (address: string) => Promise<string | undefined>;

/**
 * The demo account of this machine: made on the first start by the same calls any administrator makes (register, set the
 * password by the mailed token, make an API key), found again on later ones.
 */
export async function seedDemoAccount(baseUrl: string, mailedToken: MailedToken): Promise<DemoAccount> {
  const known = knownDemoAccount();
  if (known !== undefined && (await works(baseUrl, known))) return known;

  const password = known?.password ?? randomBytes(12).toString('base64url');
  const account = { email: demoEmail, password };
  const registered = await call('POST', `${baseUrl}/v1/auth/register`, { body: { ...account, name: 'Demo' } });
  const login = () => call('POST', `${baseUrl}/v1/auth/login`, { body: account });
  const signedIn = registered.status === 409 ? await login() : registered;
  if (signedIn.status !== 200 && signedIn.status !== 201)
    throw new Failure(`The demo account exists with another password. Start afresh with: rm -r ${directories.state}`);
  if (!isProved(SignedIn.parse(signedIn.body).user))
    await prove(baseUrl, mailedToken, password, registered.status === 201);
  // Only a session that begins after the proof is an administrator's.
  const { accessToken } = SignedIn.parse((await login()).body);

  const key = await call('POST', `${baseUrl}/v1/api-keys`, {
    headers: { authorization: `Bearer ${accessToken}` },
    body: { name: 'demo', scopes: ['read', 'write', ...(demoIsAdmin ? ['admin'] : [])] },
  });
  if (key.status !== 201) throw new Failure(`The demo account's API key could not be made (status ${key.status}).`);
  const demo = { ...account, apiKey: z.object({ key: z.string() }).parse(key.body).key };
  writeFileSync(files.demoAccount, JSON.stringify(demo, undefined, 2), { mode: 0o600 });
  return demo;
}

/** The account of an earlier start, if there was one. */
export function knownDemoAccount(): DemoAccount | undefined {
  if (!existsSync(files.demoAccount)) return undefined;
  try {
    return DemoAccount.parse(JSON.parse(readFileSync(files.demoAccount, 'utf8')));
  } catch {
    throw new Failure(`${files.demoAccount} cannot be read. Start afresh with: rm -r ${directories.state}`);
  }
}

async function works(baseUrl: string, { apiKey }: DemoAccount): Promise<boolean> {
  const { status, body } = await call('GET', `${baseUrl}/v1/auth/me`, { headers: { 'x-api-key': apiKey } });
  return status === 200 && isProved(User.parse(body));
}

const isProved = ({ emailVerified, roles }: z.infer<typeof User>): boolean =>
  emailVerified && (roles.includes('admin') || !demoIsAdmin);

/** By the letter that registering brought, or on a later start (the inbox keeps nothing) by one for a new password. */
async function prove(baseUrl: string, mailedToken: MailedToken, password: string, isNew: boolean): Promise<void> {
  if (!isNew) await call('POST', `${baseUrl}/v1/auth/password/forgot`, { body: { email: demoEmail } });
  const token = await until(() => mailedToken(demoEmail), mailTimeoutMs);
  if (token === undefined) throw new Failure('The mail that verifies the demo account did not arrive.');
  const route = isNew ? 'verify' : 'password/reset';
  const { status } = await call('POST', `${baseUrl}/v1/auth/${route}`, { body: { token, password } });
  if (status >= 300) throw new Failure(`The demo account could not be verified (status ${status}).`);
}
