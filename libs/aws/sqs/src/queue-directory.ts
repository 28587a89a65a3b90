import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { asProblem, type Calls, patiently } from '@stocktool/aws-client';
import type { QueueName } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';

/** The names of one row of the catalogue in AWS. */
export interface QueueNames {
  readonly name: string;
  readonly deadLetterName: string;
}
export type QueueNamesById = Readonly<Record<QueueName, QueueNames>>;

/** Where the queues of the catalogue are. */
export class QueueDirectory {
  private readonly urls = new Map<string, Promise<string>>();

  constructor(
    private readonly client: SQSClient,
    readonly names: QueueNamesById = topology.queues,
    /** How calls are made for whoever sends and looks. */
    readonly calls: Calls = patiently,
  ) {}

  url(queue: QueueName): Promise<string> {
    return this.lookUp(this.names[queue].name);
  }

  deadLetterUrl(queue: QueueName): Promise<string> {
    return this.lookUp(this.names[queue].deadLetterName);
  }

  private lookUp(name: string): Promise<string> {
    const known = this.urls.get(name);
    if (known) return known;
    const url = this.ask(name);
    this.urls.set(name, url);
    url.catch(() => this.urls.delete(name));
    return url;
  }

  private async ask(name: string): Promise<string> {
    try {
      const command = new GetQueueUrlCommand({ QueueName: name });
      const { QueueUrl } = await this.calls((options) => this.client.send(command, options));
      if (QueueUrl === undefined) throw new Error(`SQS gave no URL for the queue ${name}`);
      return QueueUrl;
    } catch (error) {
      throw asProblem(error, `The queue ${name}`);
    }
  }
}
