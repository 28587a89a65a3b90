import { createHmac } from 'node:crypto';

const secretPrefix = 'whsec_';

/** Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body` under the decoded secret. */
export function signWebhook(secret: string, id: string, timestampSeconds: number, body: string): string {
  const key = Buffer.from(secret.replace(secretPrefix, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`;
}
