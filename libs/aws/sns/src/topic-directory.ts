import { ListTopicsCommand, type SNSClient } from '@aws-sdk/client-sns';
import { asProblem } from '@stocktool/aws-client';

/** ARNs by topic name. SNS has no look-up by name, so the list is read once. */
export class TopicDirectory {
  private known: Promise<Map<string, string>> | undefined;

  constructor(private readonly client: SNSClient) {}

  async arn(name: string): Promise<string> {
    this.known ??= this.read();
    const arn = (await this.known.catch((error: unknown) => this.forget(error))).get(name);
    if (arn === undefined) return this.forget(new Error(`There is no topic ${name}`));
    return arn;
  }

  private forget(error: unknown): never {
    this.known = undefined;
    throw error;
  }

  private async read(): Promise<Map<string, string>> {
    const arns = new Map<string, string>();
    let token: string | undefined;
    try {
      do {
        const { Topics = [], NextToken } = await this.client.send(new ListTopicsCommand({ NextToken: token }));
        for (const { TopicArn = '' } of Topics) arns.set(TopicArn.slice(TopicArn.lastIndexOf(':') + 1), TopicArn);
        token = NextToken;
      } while (token !== undefined);
    } catch (error) {
      throw asProblem(error, 'The notification service');
    }
    return arns;
  }
}
