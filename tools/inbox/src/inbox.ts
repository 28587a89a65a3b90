import { createServer, type Server } from 'node:http';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { inboxPage, messagePage } from './inbox-page';

export interface Letter {
  readonly id: number;
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
}

export interface InboxAddress {
  readonly smtpPort: number;
  readonly webPort: number;
  /** The loopback interface unless said otherwise. */
  readonly host?: string;
}

/** The token of the newest letter to this address that carries one. */
export function newestToken(letters: readonly Pick<Letter, 'to' | 'text'>[], address: string): string | undefined {
  const letter = letters.findLast(({ to, text }) => to.includes(address) && /token=/.test(text));
  return letter && /token=([A-Za-z0-9._~-]+)/.exec(letter.text)?.[1];
}

/** A page of another site whose name was made to point here must not read the mail: it comes with its own name as Host. */
const isLocal = (host = ''): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);

const keptLetters = 500;
const largestLetterBytes = 2 * 1024 ** 2;

/**
 * Where the embedded system's mail ends: an SMTP server that keeps the last letters in memory, and pages to read them
 * (`/` the list, `/<id>` one letter, `/messages.json` all).
 */
export class Inbox {
  private readonly letters: Letter[] = [];
  private count = 0;
  private readonly smtp: SMTPServer;
  private readonly web: Server;

  constructor(private readonly address: InboxAddress) {
    this.smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      size: largestLetterBytes,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          this.keep(Buffer.concat(chunks), recipients).then(() => done(), done);
        });
      },
    });
    this.web = createServer((request, response) => {
      if (!isLocal(request.headers.host)) {
        response.writeHead(403).end();
        return;
      }
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const [type, body] = this.page(path);
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': `${type}; charset=utf-8`,
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
      });
      response.end(body ?? 'No such letter.');
    });
  }

  async listen(): Promise<void> {
    const { smtpPort, webPort, host = '127.0.0.1' } = this.address;
    await Promise.all([
      new Promise<void>((resolve, reject) => {
        this.smtp.on('error', reject);
        this.smtp.listen(smtpPort, host, resolve);
      }),
      new Promise<void>((resolve, reject) => {
        this.web.on('error', reject);
        this.web.listen(webPort, host, resolve);
      }),
    ]);
  }

  close(): void {
    this.smtp.close(() => undefined);
    this.web.closeAllConnections();
    this.web.close();
  }

  tokenFor(address: string): string | undefined {
    return newestToken(this.letters, address);
  }

  private async keep(raw: Buffer, to: readonly string[]): Promise<void> {
    const letter = await PostalMime.parse(raw);
    this.count += 1;
    this.letters.push({
      id: this.count,
      receivedAt: new Date().toISOString(),
      from: letter.from?.address ?? '',
      to,
      subject: letter.subject ?? '',
      messageId: letter.messageId ?? '',
      text: letter.text ?? '',
      html: letter.html ?? '',
    });
    if (this.letters.length > keptLetters) this.letters.shift();
  }

  private page(path: string): [type: string, body: string | undefined] {
    if (path === '/') return ['text/html', inboxPage(this.letters)];
    if (path === '/messages.json') return ['application/json', JSON.stringify({ items: this.letters })];
    const match = /^\/(\d+)(\/body)?$/.exec(path);
    const letter = match && this.letters.find(({ id }) => id === Number(match[1]));
    if (!letter) return ['text/plain', undefined];
    return ['text/html', match[2] === undefined ? messagePage(letter) : letter.html];
  }
}
