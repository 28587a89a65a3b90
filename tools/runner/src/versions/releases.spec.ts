import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../failure';
import { bundle, root } from '../settings';
import { Releases } from './releases';

const directory = mkdtempSync(path.join(tmpdir(), 'releases-'));
afterAll(() => rmSync(directory, { recursive: true }));

const chat = {
  name: 'chat',
  script: bundle('apps/chat'),
  environment: { PORT: '3001', DATA_DIR: path.join(root, 'data') },
};

describe('releases', () => {
  it('run everything from this checkout when there is no file', () => {
    expect(new Releases().of(chat)).toEqual(chat);
  });

  it('give a program the bundle and the data of its version, asked anew at each start', () => {
    const file = path.join(directory, 'releases.json');
    writeFileSync(file, JSON.stringify({ chat: '/versions/before' }));
    const releases = new Releases(file);
    expect(releases.of(chat)).toEqual({
      name: 'chat',
      script: '/versions/before/apps/chat/dist/main.js',
      environment: { PORT: '3001', DATA_DIR: '/versions/before/data' },
    });
    expect(releases.of({ ...chat, name: 'chat-2' })).toMatchObject({ script: chat.script });
    writeFileSync(file, '{}');
    expect(releases.of(chat)).toEqual(chat);
  });

  it('are refused when their file is not there', () => {
    expect(() => new Releases(path.join(directory, 'nowhere.json'))).toThrow(Failure);
  });
});
