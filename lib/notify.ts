import { Duration } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** The way in for upstream Lambdas, who invoke the function directly or as an event. An event is never lost quietly. */
export class Notify extends Construct {
  readonly function: LambdaFunction;
  /** Takes the events that failed for good, each with its error. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, handler: LambdaFunction) {
    super(scope, id);
    this.function = handler;
    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    handler.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: { bind: () => ({ destination: this.failures.queueArn }) },
    });
    // Not by `SqsDestination`, which grants reading the queue's attributes too.
    this.failures.grant(handler, 'sqs:SendMessage');
  }

  /** Lets another Lambda, in this stack or another, invoke `notify`. Nobody else can: there is no resource policy. */
  grantInvoke(grantee: IGrantable): Grant {
    return this.function.grantInvokeLatestVersion(grantee);
  }
}
