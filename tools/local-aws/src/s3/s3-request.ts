import type { Exchange } from '../http/exchange';
import { badRequest } from './s3-error';

/** What a request to S3 addresses, path style. */
export interface S3Request extends Exchange {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly params: URLSearchParams;
}

const longestKeyBytes = 1024;

export function s3Request(exchange: Exchange): S3Request {
  const { path, query, request } = exchange;
  const slash = path.indexOf('/', 1);
  const bucket = decoded(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = slash < 0 ? '' : decoded(path.slice(slash + 1));
  if (Buffer.byteLength(key) > longestKeyBytes) throw badRequest('KeyTooLongError', 'Your key is too long');
  return { ...exchange, method: request.method ?? 'GET', bucket, key, params: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest('InvalidURI', "Couldn't parse the specified URI.");
  }
}

export function headerOf({ request }: S3Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
