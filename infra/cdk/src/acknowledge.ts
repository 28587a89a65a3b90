import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts one finding of a check on this construct and what is below it, with the reason beside the thing it is about. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Accepts one resource with a wildcard in a policy: this one, not the next. */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  acknowledge(construct, `AwsSolutions-IAM5[Resource::${shown(Stack.of(construct).resolve(resource))}]`, reason);
}

export function acknowledgeManagedPolicy(construct: IConstruct, name: string, reason: string): void {
  acknowledge(construct, `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`, reason);
}

/** A text with references, as the check prints it. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: name, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (name !== undefined) return `<${name}>`;
  if (join === undefined) throw new Error(`A wildcard in something else than a name: ${JSON.stringify(value)}`);
  return join[1].map(shown).join(join[0]);
}
