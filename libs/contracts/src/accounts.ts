import { z } from 'zod';

const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ error: 'not an e-mail address' }))
  .meta({ example: 'ada@example.com' });

/** Bounded above, because hashing costs time in proportion. */
const Password = z.string().min(12, 'at least 12 characters').max(256).meta({ example: 'correct horse battery' });

/** It is shown in mails and lists: one line, no control characters. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^\P{Cc}*$/u, 'no control characters');

export const Role = z.enum(['user', 'admin']);
export type Role = z.infer<typeof Role>;

export const Scope = z.enum(['read', 'write', 'admin']);
export type Scope = z.infer<typeof Scope>;

export const RegisterRequest = z
  .strictObject({ email: Email, password: Password, name: Name.optional() })
  .meta({ id: 'RegisterRequest' });
export type RegisterRequest = z.infer<typeof RegisterRequest>;

export const LoginRequest = z
  .strictObject({ email: Email, password: z.string().min(1).max(256) })
  .meta({ id: 'LoginRequest', example: { email: 'ada@example.com', password: 'correct horse battery' } });
export type LoginRequest = z.infer<typeof LoginRequest>;

export const Account = z
  .object({
    id: z.uuid(),
    email: z.string(),
    emailVerified: z.boolean(),
    name: z.string().nullable(),
    roles: z.array(Role),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof Account>;

export const SignedIn = z
  .object({
    user: Account,
    accessToken: z.string(),
    expiresIn: z.number().int().min(1).max(86_400).describe('Seconds until the access token expires.'),
    tokenType: z.literal('Bearer'),
  })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

export const SessionRow = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    current: z.boolean(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'Session' });
export type SessionRow = z.infer<typeof SessionRow>;

export const MailedToken = z.strictObject({ token: z.string().min(20).max(512) }).meta({ id: 'MailedToken' });
export type MailedToken = z.infer<typeof MailedToken>;

export const VerifyEmailRequest = MailedToken.extend({
  password: Password.optional().describe(
    'Sets a new password; sessions and API keys made before end. Needed where the address is an administrator’s.',
  ),
}).meta({ id: 'VerifyEmailRequest' });
export type VerifyEmailRequest = z.infer<typeof VerifyEmailRequest>;

export const PasswordForgotRequest = z.strictObject({ email: Email }).meta({ id: 'PasswordForgotRequest' });
export type PasswordForgotRequest = z.infer<typeof PasswordForgotRequest>;

export const PasswordResetRequest = z
  .strictObject({ token: z.string().min(20).max(512), password: Password })
  .meta({ id: 'PasswordResetRequest' });
export type PasswordResetRequest = z.infer<typeof PasswordResetRequest>;

export const ApiKeyRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    scopes: z.array(Scope).min(1).max(3).default(['read', 'write']),
  })
  .meta({ id: 'ApiKeyRequest', example: { name: 'nightly report', scopes: ['read', 'write'] } });
export type ApiKeyRequest = z.infer<typeof ApiKeyRequest>;

export const ApiKeyRow = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(Scope),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyRow = z.infer<typeof ApiKeyRow>;

export const ApiKeyCreated = ApiKeyRow.extend({ key: z.string().describe('Shown once.') }).meta({
  id: 'ApiKeyCreated',
});
export type ApiKeyCreated = z.infer<typeof ApiKeyCreated>;
