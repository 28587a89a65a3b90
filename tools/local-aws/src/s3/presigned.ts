import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsError } from '../aws-error';
import { badRequest, s3Error } from './s3-error';
import type { S3Request } from './s3-request';

const longestLifeSeconds = 604_800;
const clockSkewMs = 15 * 60_000;
const algorithm = 'AWS4-HMAC-SHA256';
const amzDate = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const denied = (message: string): AwsError => s3Error('AccessDenied', 403, message);
const malformed = (message: string): AwsError => badRequest('AuthorizationQueryParametersError', message);
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Lets in what S3 lets in: presigned requests within their time whose signature fits, and signed ones. Nobody else: a URL stripped of its
 * signature is refused. Signatures are checked for access keys whose secret is known, and only where they are all there is, in URLs.
 */
export function authorise(request: S3Request, secrets: ReadonlyMap<string, string>): void {
  const { params } = request;
  if (!params.has('X-Amz-Signature') && !params.has('X-Amz-Credential')) {
    if (params.has('AWSAccessKeyId')) {
      throw badRequest('InvalidRequest', 'The authorization mechanism is not supported. Please use AWS4-HMAC-SHA256.');
    }
    if (request.request.headers.authorization) return;
    throw denied('Access Denied');
  }
  if (params.get('X-Amz-Algorithm') !== algorithm) throw malformed('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  checkTime(params);
  const [accessKey = '', ...scope] = (params.get('X-Amz-Credential') ?? '').split('/');
  if (scope.length !== 4) throw malformed('Error parsing the X-Amz-Credential parameter');
  const secret = secrets.get(accessKey);
  if (secret === undefined) return;
  const expected = Buffer.from(signatureOf(request, secret, scope));
  const given = Buffer.from(params.get('X-Amz-Signature') ?? '');
  if (expected.length === given.length && timingSafeEqual(expected, given)) return;
  const message =
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
  throw s3Error('SignatureDoesNotMatch', 403, message);
}

function checkTime(params: URLSearchParams): void {
  const match = amzDate.exec(params.get('X-Amz-Date') ?? '');
  if (!match) throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const signedAt = Date.UTC(year, month - 1, day, hour, minute, second);
  const expires = params.get('X-Amz-Expires') ?? '';
  const seconds = Number(expires);
  if (!/^\d+$/.test(expires) || seconds > longestLifeSeconds) {
    throw malformed('X-Amz-Expires must be a number and less than a week (in seconds)');
  }
  const now = Date.now();
  if (now > signedAt + seconds * 1000) throw denied('Request has expired');
  if (signedAt > now + clockSkewMs) throw denied('Request is not yet valid');
}

function signatureOf(request: S3Request, secret: string, scope: readonly string[]): string {
  const { params, method } = request;
  const query = [...params]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const signed = params.get('X-Amz-SignedHeaders') ?? '';
  const headers = signed.split(';').map(
    (name) =>
      `${name}:${String(request.request.headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  );
  const path = decodeURIComponent(request.path).split('/').map(encode).join('/');
  const payload = params.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  const canonical = [method, path, query.join('&'), headers.join(''), signed, payload].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const toSign = [algorithm, params.get('X-Amz-Date'), scope.join('/'), digest].join('\n');
  const key = scope.reduce<string | Buffer>((secretSoFar, part) => hmac(secretSoFar, part), `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}
