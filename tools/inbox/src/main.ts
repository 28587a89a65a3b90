import { Inbox } from './inbox';

/** `node main.js`: an inbox by itself, for containers and for tests. */
const { HOST: host = '127.0.0.1', SMTP_PORT = '4525', PORT = '4580' } = process.env;
const inbox = new Inbox({ smtpPort: Number(SMTP_PORT), webPort: Number(PORT), host });
await inbox.listen();
console.log(`inbox ready http://${host}:${PORT}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    inbox.close();
    process.exit(0);
  });
}
