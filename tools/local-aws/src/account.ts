/** The one account and region that this endpoint knows. */
export const accountId = '000000000000';
export const region = 'us-east-1';

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;
export const nameOfArn = (value: string): string => value.slice(value.lastIndexOf(':') + 1);
