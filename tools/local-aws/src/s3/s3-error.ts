import { AwsError } from '../aws-error';

export const s3Error = (code: string, status: number, message: string = code): AwsError =>
  new AwsError(code, message, { status });

export const noSuchBucket = (): AwsError => s3Error('NoSuchBucket', 404, 'The specified bucket does not exist');
export const noSuchKey = (): AwsError => s3Error('NoSuchKey', 404, 'The specified key does not exist.');
export const noSuchVersion = (): AwsError => s3Error('NoSuchVersion', 404, 'The specified version does not exist.');
export const noSuchUpload = (): AwsError => s3Error('NoSuchUpload', 404, 'The specified upload does not exist.');
export const preconditionFailed = (): AwsError =>
  s3Error('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold');
export const malformedXml = (): AwsError =>
  s3Error(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
export const badRequest = (code: string, message: string): AwsError => s3Error(code, 400, message);
export const s3NotImplemented = (what: string): AwsError =>
  s3Error('NotImplemented', 501, `${what} is not emulated by the embedded AWS endpoint`);
