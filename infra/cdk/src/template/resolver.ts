import { z } from 'zod';

/** The account and region that templates are read for; recorded calls come from the endpoint of the same ones. */
export const account = { id: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

const Resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const Output = z.looseObject({ Value: z.unknown(), Export: z.looseObject({ Name: z.unknown() }).optional() });
export const Template = z.looseObject({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), Output).default({}),
});
export type Template = z.infer<typeof Template>;
export type TemplateResource = z.infer<typeof Resource>;

interface Account {
  readonly id: string;
  readonly region: string;
  readonly partition: string;
}

/**
 * Gives texts of a template their values. `others` are the stacks whose exports may be imported. Throws on a function or a
 * resource that it does not know: a policy that was only guessed at would prove nothing.
 */
export class Resolver {
  constructor(
    private readonly template: Template,
    private readonly others: readonly Template[] = [],
    private readonly at: Account = account,
  ) {}

  text(value: unknown): string {
    if (typeof value === 'string') return value;
    if (value === null || typeof value !== 'object') throw unknownValue(value);
    const [[name, input] = [], ...more] = Object.entries(value) as [string, unknown][];
    if (name === undefined || more.length > 0) throw unknownValue(value);
    switch (name) {
      case 'Ref':
        return this.reference(String(input));
      case 'Fn::Join': {
        const [separator, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(input);
        return parts.map((part) => this.text(part)).join(separator);
      }
      case 'Fn::GetAtt': {
        const [id, attribute] = z.tuple([z.string(), z.string()]).parse(input);
        if (attribute !== 'Arn') throw unknownValue(value);
        return this.arn(id);
      }
      case 'Fn::ImportValue':
        return this.imported(this.text(input));
      default:
        throw unknownValue(value);
    }
  }

  private reference(name: string): string {
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': this.at.id,
      'AWS::Region': this.at.region,
      'AWS::Partition': this.at.partition,
    };
    const known = pseudo[name];
    if (known !== undefined) return known;
    const { Type, Properties } = this.resource(name);
    if (Type === 'AWS::SNS::Topic') return this.arnOf('sns', this.text(Properties['TopicName']));
    if (Type === 'AWS::SecretsManager::Secret')
      return this.arnOf('secretsmanager', `secret:${this.text(Properties['Name'])}-suffix`);
    throw new Error(`What Ref to ${Type} means is not known here`);
  }

  private arn(id: string): string {
    const { Type, Properties } = this.resource(id);
    switch (Type) {
      case 'AWS::SQS::Queue':
        return this.arnOf('sqs', this.text(Properties['QueueName']));
      case 'AWS::KMS::Key':
        return this.arnOf('kms', `key/${id}`);
      case 'AWS::Lambda::Function':
        return this.arnOf('lambda', `function:${this.text(Properties['FunctionName'])}`);
      default:
        throw new Error(`The ARN of ${Type} is not known here`);
    }
  }

  private arnOf(service: string, resource: string): string {
    return `arn:${this.at.partition}:${service}:${this.at.region}:${this.at.id}:${resource}`;
  }

  private imported(name: string): string {
    for (const template of this.others)
      for (const { Value, Export } of Object.values(template.Outputs)) {
        if (Export?.Name !== name) continue;
        return new Resolver(template, [], this.at).text(Value);
      }
    throw new Error(`No stack exports ${name}`);
  }

  private resource(id: string): TemplateResource {
    const found = this.template.Resources[id];
    if (found === undefined) throw new Error(`No resource ${id}`);
    return found;
  }
}

const unknownValue = (value: unknown): Error => new Error(`Not known here: ${JSON.stringify(value)}`);
