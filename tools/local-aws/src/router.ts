import type { IncomingMessage } from 'node:http';

const targets: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  DynamoDB_20120810: 'dynamodb',
  GraniteServiceVersion20100801: 'monitoring',
  Logs_20140328: 'logs',
  secretsmanager: 'secretsmanager',
};
const scope = /Credential=[^/,]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/;
const presignedScope = /[?&]X-Amz-Credential=([^&]+)/i;
const presignedByKey = /[?&](AWSAccessKeyId|Signature)=/;
const subscriptionLink = /[?&]Action=(ConfirmSubscription|Unsubscribe)(&|$)/;

/**
 * Which service a request is for, by the most telling sign first: the target header of the JSON protocols, the credential scope of a
 * signature in the header or in the query, a link out of an SNS message. What is left is S3: anonymous reads and browser preflights.
 */
export function serviceOf({ headers, url = '/', method }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const prefix = target.slice(0, Math.max(target.indexOf('.'), 0));
    return Object.hasOwn(targets, prefix) ? targets[prefix]! : `target ${prefix}`;
  }
  const signed = headers.authorization && scope.exec(headers.authorization)?.[1];
  if (signed) return signed;
  const presigned = presignedScope.exec(url)?.[1];
  if (presigned) return decoded(presigned).split('/')[3] ?? 's3';
  if (presignedByKey.test(url)) return 's3';
  if (subscriptionLink.test(url)) return 'sns';
  if (method === 'POST' && headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return 'sns';
  return 's3';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
