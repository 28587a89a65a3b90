import { AwsError } from '../aws-error';

export const invalidValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' });
export const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombinationException', message, { queryCode: 'InvalidParameterCombination' });
export const missingParameter = (message: string): AwsError =>
  new AwsError('MissingRequiredParameterException', message, { queryCode: 'MissingParameter' });
export const validationError = (message: string): AwsError =>
  new AwsError('ValidationException', message, { queryCode: 'ValidationError' });
export const notFound = (message: string): AwsError => new AwsError('ResourceNotFound', message, { status: 404 });
