import { Aws, Duration, TimeZone } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime, Architecture, LoggingFormat } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { topology } from '@stocktool/topology';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledge';
import { bucketSuffix } from '../data/buckets';
import type { Environment } from '../environments';
import { marketEnvironment } from './environment-of';
import { TaskRole } from './task-role';

interface StockUpdaterProps extends Pick<Environment, 'marketData' | 'sizes'> {
  readonly key: IKey;
  /** The zip that the harness of the Runtime API tests, or a folder. */
  readonly bundle: string;
}

/** The function that refreshes quotes and news, cleans up and asks for weekly reports, and its schedules in the exchange's own time. */
export class StockUpdater extends Construct {
  constructor(scope: Construct, id: string, { key, bundle, marketData, sizes }: StockUpdaterProps) {
    super(scope, id);
    const { name, memoryMegabytes, timeoutSeconds, retries, failureQueueName } = topology.functions.stockUpdater;
    const failed = Queue.fromQueueArn(
      this,
      'failed',
      `arn:${Aws.PARTITION}:sqs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${failureQueueName}`,
    );
    const role = new TaskRole(this, 'role', { principal: 'stockUpdater', assumedBy: 'lambda.amazonaws.com', key });
    const logGroup = LogGroup.fromLogGroupName(this, 'logs', topology.logGroupOf(name));
    role.policy.addStatements(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failed.queueArn] }),
    );
    acknowledgeWildcard(role.policy, logGroup.logGroupArn, 'Log streams get their names when the function starts.');
    const update = new Function(this, 'function', {
      functionName: name,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.X86_64,
      handler: 'handler.handler',
      code: Code.fromAsset(bundle),
      memorySize: memoryMegabytes,
      timeout: Duration.seconds(timeoutSeconds),
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environmentEncryption: key,
      // Keys of vendors the function reads itself: nothing puts a secret into a function's environment but the open text.
      environment: {
        DATA_DIR: '/var/task/data',
        AWS_SDK_UA_APP_ID: name,
        S3_BUCKET_SUFFIX: bucketSuffix,
        ...marketEnvironment({ marketData, sizes }),
      },
      // One run at a time is all there is; a second one would only pay twice.
      reservedConcurrentExecutions: 1,
      retryAttempts: retries,
      onFailure: new SqsDestination(failed),
    });
    const target = { retryAttempts: 3, maxEventAge: Duration.hours(1), deadLetterQueue: failed };
    const targetRole = schedulerRole(this, { update, failed, key }).withoutPolicyUpdates();
    for (const { name: scheduleName, description, cron, timeZone, input } of Object.values(topology.schedules))
      new Schedule(this, scheduleName, {
        scheduleName,
        description,
        schedule: ScheduleExpression.cron({ ...cronFields(cron), timeZone: TimeZone.of(timeZone) }),
        target: new LambdaInvoke(update, { ...target, input: ScheduleTargetInput.fromObject(input), role: targetRole }),
        key,
      });
  }
}

/** Narrower than the library's own, which could also call every version of the function. */
function schedulerRole(
  scope: Construct,
  { update, failed, key }: { update: Function; failed: IQueue; key: IKey },
): Role {
  const role = new Role(scope, 'schedulerRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  const allow = (actions: string[], resource: string) =>
    role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  allow(['lambda:InvokeFunction'], update.functionArn);
  allow(['sqs:SendMessage'], failed.queueArn);
  allow(['kms:Decrypt', 'kms:GenerateDataKey'], key.keyArn);
  return role;
}

/** Five classic fields; the scheduler wants a question mark for the day that is not meant, and names weekdays from 1 = Sunday. */
function cronFields(cron: string): {
  minute: string;
  hour: string;
  month: string;
  weekDay: string;
  year: string;
} {
  const [minute = '', hour = '', day, month = '', weekDay = ''] = cron.split(' ');
  if (day !== '*' || !/^[0-6](-[0-6])?$/.test(weekDay)) throw new Error(`A schedule by weekday is wanted, not ${cron}`);
  const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  return { minute, hour, month, weekDay: weekDay.replace(/\d/g, (digit) => names[Number(digit)] ?? digit), year: '*' };
}
