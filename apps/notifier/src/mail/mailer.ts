import { createHash } from 'node:crypto';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import type { RenderedMail } from './mail-document';

export interface MailerOptions {
  readonly smtpUrl: string;
  readonly from: string;
  readonly sendMs?: number;
}

export type MailOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly permanent: boolean; readonly responseCode: number | null; readonly error: string };

const connectMs = 5_000;
const silenceMs = 10_000;
/** For one mail from first to last, far below the 60 s of every claim: a server that drips along must not outlive it. */
const sendMs = 30_000;
/** So many mails at once: more would wait in a queue of the transport that nobody sees or bounds. */
export const mailConnections = 3;

/** Mail over SMTP, by a few kept connections. Errors are told without addresses: they end up in rows and logs. */
export class Mailer implements BeforeApplicationShutdown {
  private readonly transport: Transporter;
  private readonly domain: string;

  constructor(private readonly options: MailerOptions) {
    this.transport = createTransport({
      url: options.smtpUrl,
      pool: true,
      maxConnections: mailConnections,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      dnsTimeout: connectMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.domain = /@([^\s<>]+)/.exec(options.from)?.[1] ?? 'localhost';
  }

  /**
   * The same `id` gives the same Message-ID, so that a receiver can tell a repeated mail. With `unsubscribeUrl` mail programs
   * show a button of their own for it (RFC 8058).
   */
  async send(id: string, to: string, mail: RenderedMail, unsubscribeUrl?: string): Promise<MailOutcome> {
    try {
      const sending = this.transport.sendMail({
        from: this.options.from,
        to: { name: '', address: to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: `<${createHash('sha256').update(id).digest('hex').slice(0, 40)}@${this.domain}>`,
        headers: {
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
          ...(unsubscribeUrl !== undefined && oneClick(unsubscribeUrl)),
        },
      });
      return await within(this.options.sendMs ?? sendMs, sending);
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

/** Whether the mail still goes out after that is not known; its Message-ID stays the same. */
async function within(milliseconds: number, sending: Promise<unknown>): Promise<MailOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<MailOutcome>((resolve) => {
    timer = setTimeout(() => resolve(tooLate), milliseconds);
  });
  try {
    return await Promise.race([sending.then((): MailOutcome => ({ ok: true })), late]);
  } finally {
    clearTimeout(timer);
  }
}

const tooLate: MailOutcome = { ok: false, permanent: false, responseCode: null, error: 'mail ran out of time' };

const oneClick = (url: string) => ({
  'List-Unsubscribe': `<${url}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});

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
