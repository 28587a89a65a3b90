import type { ServerResponse } from 'node:http';
import { s3Error } from './s3-error';
import { headerOf, type S3Request } from './s3-request';
import { elements, parseXml, texts, textOf } from './xml-input';

interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAge: string | undefined;
}

const rulesOf = (configuration: string): CorsRule[] =>
  elements(parseXml(configuration, 'CORSConfiguration'), 'CORSRule').map((rule) => ({
    origins: texts(rule, 'AllowedOrigin'),
    methods: texts(rule, 'AllowedMethod'),
    headers: texts(rule, 'AllowedHeader').map((header) => header.toLowerCase()),
    exposed: texts(rule, 'ExposeHeader'),
    maxAge: textOf(rule, 'MaxAgeSeconds'),
  }));

/** One asterisk stands for anything. */
function fits(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return pattern === text;
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

function ruleFor(
  configuration: string | undefined,
  origin: string,
  method: string,
  headers: readonly string[],
): CorsRule | undefined {
  const rules = configuration === undefined ? [] : rulesOf(configuration);
  return rules.find(
    (rule) =>
      rule.origins.some((pattern) => fits(pattern, origin)) &&
      rule.methods.includes(method) &&
      headers.every((header) => rule.headers.some((pattern) => fits(pattern, header))),
  );
}

function allow(response: ServerResponse, rule: CorsRule, origin: string): void {
  const open = rule.origins.includes('*');
  response.setHeader('access-control-allow-origin', open ? '*' : origin);
  response.setHeader('access-control-allow-methods', rule.methods.join(', '));
  if (!open) response.setHeader('access-control-allow-credentials', 'true');
  if (rule.exposed.length > 0) response.setHeader('access-control-expose-headers', rule.exposed.join(', '));
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
}

/** Answers a browser's question whether it may send a request, from the bucket's stored rules. */
export function preflight(request: S3Request, configuration: string | undefined): void {
  const [origin, method] = [headerOf(request, 'origin'), headerOf(request, 'access-control-request-method')];
  const asked = headerOf(request, 'access-control-request-headers') ?? '';
  const headers = asked
    .split(',')
    .map((header) => header.trim().toLowerCase())
    .filter(Boolean);
  const rule = origin && method ? ruleFor(configuration, origin, method, headers) : undefined;
  if (!origin || !rule) throw s3Error('AccessForbidden', 403, 'CORSResponse: This CORS request is not allowed.');
  const { response } = request;
  allow(response, rule, origin);
  if (headers.length > 0) response.setHeader('access-control-allow-headers', headers.join(', '));
  if (rule.maxAge) response.setHeader('access-control-max-age', rule.maxAge);
  response.writeHead(200, { 'content-length': 0 }).end();
}

/** Lets the page that sent an allowed request read the answer. */
export function exposeToOrigin(request: S3Request, configuration: string | undefined): void {
  const origin = headerOf(request, 'origin');
  const rule = origin && configuration ? ruleFor(configuration, origin, request.method, []) : undefined;
  if (origin && rule) allow(request.response, rule, origin);
}
