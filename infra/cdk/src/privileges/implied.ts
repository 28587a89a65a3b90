/**
 * Allowed actions that no code of ours calls, because AWS does it in the role's name. Each with its reason; one that no role
 * has any more fails the check.
 */
export const impliedActions: Readonly<Record<string, string>> = {
  'kms:Decrypt': 'DynamoDB, S3, SQS, SNS and Secrets Manager decrypt for the caller; the condition holds it to them.',
  'kms:GenerateDataKey': 'S3, SQS and SNS make the key of what the caller writes; the condition holds it to them.',
  'logs:CreateLogStream': 'The Lambda runtime opens the log.',
  'logs:PutLogEvents': 'The Lambda runtime writes the log.',
  'sqs:SendMessage on stocktool-stock-updater-failed': 'Lambda leaves a failed run in its failure destination.',
  'analysisWorker dynamodb:GetItem on table/stocktool-idempotency':
    'Ends the move of a message whose move a crash cut short; the run of libs/aws/sqs shows it, no whole system can be made to.',
  'analysisWorker dynamodb:PutItem on table/stocktool-analyses':
    'Keeps a result of up to 4 kB in the table; most are larger, and the run of libs/analyses shows it.',
  'analysisWorker s3:DeleteObject on stocktool-reports-000000000000/results/*':
    'Takes back a result whose lease was lost: who wins that race decides whether a run shows it.',
  'analysisWorker sqs:SendMessage on stocktool-analysis-queue':
    'Sends again what a crash between a row and its message left unsent: whether a run shows it is a matter of speed.',
  'chat dynamodb:DeleteItem on table/stocktool-documents':
    'Ends a removal that a crash cut short, and forgets an upload that never came: the run of apps/chat/src/documents shows it.',
  'chat s3:DeleteObjectVersion on stocktool-knowledge-000000000000/documents/*':
    'Deletes what was uploaded by a link that outlived its document: the same run shows it.',
  'chat sqs:SendMessage on stocktool-documents-queue-dlq':
    'Gives up what names no document; only a hand that writes into the bucket can make that happen.',
  'chat sqs:ChangeMessageVisibility on stocktool-documents-queue':
    'Waits for the lease of another process, or keeps a document that takes long: whether a run shows it is a matter of speed.',
  'metricsCollector sqs:ChangeMessageVisibility on stocktool-metrics-queue':
    'Gives a batch back that could not be counted, or keeps one that takes long: whether a run shows it is a matter of speed.',
};

/** Calls that specs make inside a service's process in the place of another service. Each with its reason, as above. */
export const playedCalls: Readonly<Record<string, string>> = {
  'apiGateway cloudwatch:PutMetricData': 'A spec writes, as the collector would, the metrics that the summary reads.',
  'apiGateway s3:PutObject results': 'Specs finish an analysis as the worker would.',
  'apiGateway s3:PutObject index': 'A spec of erasing leaves an index as the reader of documents would.',
};
