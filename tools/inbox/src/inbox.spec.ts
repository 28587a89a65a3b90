import { createServer, type AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { Inbox, newestToken } from './inbox';

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

let inbox: Inbox;
let url: string;
let smtpPort: number;
beforeAll(async () => {
  const webPort = await freePort();
  smtpPort = await freePort();
  inbox = new Inbox({ smtpPort, webPort });
  await inbox.listen();
  url = `http://127.0.0.1:${webPort}`;
});
afterAll(() => inbox.close());

const send = async (subject: string, text: string) => {
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
  await transport.sendMail({ from: 'a@stocktool.example', to: 'b@stocktool.example', subject, text });
  transport.close();
};

describe('the inbox', () => {
  it('shows a letter on a page and to programs', async () => {
    await send('Hello <b>', 'A link with token=first-1 in it');
    const { items } = (await (await fetch(`${url}/messages.json`)).json()) as {
      items: { to: string[]; text: string }[];
    };
    expect(items).toMatchObject([{ to: ['b@stocktool.example'], subject: 'Hello <b>' }]);
    expect(await (await fetch(url)).text()).toContain('Hello &#60;b&#62;');
    expect((await fetch(`${url}/2`)).status).toBe(404);
  });

  it('finds the token of the newest letter that has one', async () => {
    await send('Again', 'token=second-2');
    await send('Without', 'nothing');
    expect(inbox.tokenFor('b@stocktool.example')).toBe('second-2');
    expect(newestToken([], 'b@stocktool.example')).toBeUndefined();
  });

  it('tells a page nothing that comes by a name of its own', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) =>
      request(url, { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode)).end(),
    );
    expect(status).toBe(403);
  });
});
