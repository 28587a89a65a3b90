import { createHash } from 'node:crypto';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import type { RenderedMail } from './mail-document';

export interface MailerOptions {
  readonly smtpUrl: string;
  readonly from: string;
}

export type MailOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly permanent: boolean; readonly responseCode: number | null; readonly error: string };

const connectMs = 5_000;
const silenceMs = 10_000;
const connections = 3;

/** Mail over SMTP, by a few kept connections. Errors are told without addresses: they end up in rows and logs. */
export class Mailer implements BeforeApplicationShutdown {
  private readonly transport: Transporter;
  private readonly domain: string;

  constructor(private readonly options: MailerOptions) {
    this.transport = createTransport({
      url: options.smtpUrl,
      pool: true,
      maxConnections: connections,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      dnsTimeout: connectMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.domain = /@([^\s<>]+)/.exec(options.from)?.[1] ?? 'localhost';
  }

  /** The same `id` gives the same Message-ID, so that a receiver can tell a repeated mail. */
  async send(id: string, to: string, mail: RenderedMail): Promise<MailOutcome> {
    try {
      await this.transport.sendMail({
        from: this.options.from,
        to: { name: '', address: to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: `<${createHash('sha256').update(id).digest('hex').slice(0, 40)}@${this.domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
      return { ok: true };
    } catch (error) {
      return failure(error);
    }
  }

  /** For the readiness route: connects, greets, signs in. */
  async check(): Promise<void> {
    await this.transport.verify();
  }

  beforeApplicationShutdown(): void {
    this.transport.close();
  }
}

/** SMTP 5xx after the recipient was named is final; everything else may pass. */
function failure(error: unknown): MailOutcome {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  const status = typeof responseCode === 'number' ? responseCode : null;
  const permanent = status !== null && status >= 500 && code === 'EENVELOPE';
  const name = typeof code === 'string' ? code : 'failed';
  return {
    ok: false,
    permanent,
    responseCode: status,
    error: status === null ? `mail ${name}` : `mail server said ${status}`,
  };
}
