import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { isFree, requirePorts } from './preconditions';

const listen = async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
};

describe('ports', () => {
  it('that are taken are named with what wants them, all in one line', async () => {
    const [one, two] = [await listen(), await listen()];
    await expect(requirePorts({ chat: one.port })).rejects.toThrow(`Port ${one.port} (chat) is in use`);
    await expect(requirePorts({ chat: one.port, notifier: two.port })).rejects.toThrow(
      `Ports ${one.port} (chat), ${two.port} (notifier) are in use`,
    );
    await one.close();
    await two.close();
    expect(await isFree(one.port)).toBe(true);
    await requirePorts({ chat: one.port, notifier: two.port });
  });
});
