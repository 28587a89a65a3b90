import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type SecretSpec, topology } from '@stocktool/topology';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { Environment } from '../environments';

const { apiKeys, userContext, marketDataKeys, chatKeys } = topology.secrets;

/** 43 letters and digits hold 256 bits, and read as base64url they are 32 bytes. */
const keyLength = 43;

interface SecretsProps extends Pick<Environment, 'retainData'> {
  readonly key: IKey;
}

const givenByOthers = 'It belongs to the company that gave it to us, and is changed there.';

/**
 * Keys that services sign with, made at random once and never seen by anybody; and what operators put in: keys of vendors and
 * the mail server's address. What a secret begins with must not be changed here any more: CloudFormation would begin again.
 */
export class Secrets extends Construct {
  readonly mail: Secret;
  readonly marketDataKeys: Secret;
  readonly chatKeys: Secret;

  constructor(scope: Construct, id: string, { key, retainData }: SecretsProps) {
    super(scope, id);
    const removalPolicy = retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const make = (name: string, secretName: string, generated: string, known: object = {}): Secret =>
      new Secret(this, name, {
        secretName,
        encryptionKey: key,
        removalPolicy,
        generateSecretString: {
          secretStringTemplate: JSON.stringify(known),
          generateStringKey: generated,
          passwordLength: keyLength,
          excludePunctuation: true,
        },
      });
    for (const [secretId, spec] of Object.entries({ apiKeys, userContext }))
      acknowledge(
        make(secretId, spec.name, spec.keys[0]),
        'AwsSolutions-SMG4',
        'People rotate it by the runbook: for a while the next and the last key are believed, which takes an order of steps.',
      );
    const given = (secretId: string, { name, keys }: SecretSpec): Secret => {
      const noKeysYet = Object.fromEntries(keys.map((key) => [key, '']));
      const secret = make(secretId, name, 'unused', noKeysYet);
      acknowledge(secret, 'AwsSolutions-SMG4', givenByOthers);
      return secret;
    };
    this.marketDataKeys = given('marketDataKeys', marketDataKeys);
    this.chatKeys = given('chatKeys', chatKeys);
    // Operators put the real address in; until then the notifier keeps mail in its queue.
    this.mail = make('mail', 'stocktool/mail', 'unused', { SMTP_URL: 'smtps://mail.invalid:465' });
    acknowledge(this.mail, 'AwsSolutions-SMG4', givenByOthers);
  }
}
