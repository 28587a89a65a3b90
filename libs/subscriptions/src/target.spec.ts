import { acceptedTarget } from './target';

const webhook = (target: string) => ({ channel: 'webhook' as const, target, events: ['analysis.*'] });
const email = (target: string) => ({ channel: 'email' as const, target, events: ['analysis.*'] });

describe('acceptedTarget', () => {
  it.each([
    'https://93.184.216.34/',
    'https://[2606:4700::6810:1]/',
    'https://example.com/hook',
    'https://example.com:8443/a?b=c',
  ])('takes %s', (target) => expect(acceptedTarget(webhook(target), false)).toBe(target));

  it.each([
    'http://example.com/hook',
    'https://user:secret@example.com/',
    'https://localhost/hook',
    'https://printer.local/',
    'https://intranet/',
    'https://10.1.2.3/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://[2002:7f00:1::]/',
    'https://[fec0::1]/',
    'https://[2001:db8::1]/',
    'https://[100::1]/',
    'https://[64:ff9b:1::a00:1]/',
    'https://[::7f00:1]/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'not a url',
  ])('refuses %s', (target) =>
    expect(() => acceptedTarget(webhook(target), false)).toThrow(expect.objectContaining({ code: 'target-refused' })),
  );

  it('takes plain http and private addresses where they are allowed', () =>
    expect(acceptedTarget(webhook('http://127.0.0.1:8080/hook'), true)).toBe('http://127.0.0.1:8080/hook'));

  it('writes mail addresses in small letters and refuses what is none', () => {
    expect(acceptedTarget(email('Ada@Example.com'), false)).toBe('ada@example.com');
    expect(() => acceptedTarget(email('ada'), false)).toThrow(expect.objectContaining({ code: 'target-refused' }));
  });

  it('says so where a channel, a digest or quiet hours are not there yet', () => {
    const notBuilt = expect.objectContaining({ code: 'not-built' });
    expect(() => acceptedTarget({ ...email('a@b.co'), channel: 'slack' }, false)).toThrow(notBuilt);
    expect(() => acceptedTarget({ ...email('a@b.co'), digest: 'daily' }, false)).toThrow(notBuilt);
  });
});
