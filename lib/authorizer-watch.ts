import type { Stack } from 'aws-cdk-lib';
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFilterPattern, ILogGroup } from 'aws-cdk-lib/aws-logs';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { faultLevel, logEvents } from '../lambdas/contract/log-events.ts';

/** A metric out of the authorizer's log, and from when on it is an alarm. */
interface Watched {
  readonly pattern: IFilterPattern;
  /** Of five minutes each, all with at least one such record. */
  readonly periods: number;
  readonly description: string;
}

/**
 * A fault is a record of its level. An invocation that Lambda ended after its five seconds wrote none, but Lambda itself
 * did ("platform.report", Lambda Telemetry API event schema reference).
 */
const faults: Watched = {
  pattern: FilterPattern.any(
    FilterPattern.stringValue('$.level', '=', faultLevel),
    FilterPattern.stringValue('$.record.status', '=', 'timeout'),
  ),
  periods: 1,
  description: 'Handshakes end with 500 although nothing may be wrong with their tokens.',
};

/** One of them may be a passing hitch of the network. */
const keysNotRefreshed: Watched = {
  pattern: FilterPattern.stringValue('$.event', '=', logEvents.keysNotRefreshed),
  periods: 2,
  description:
    "The issuer's keys cannot be had; an hour after they last could, every handshake will end with 500.",
};

/**
 * Tells faults of the authorizer from refusals, which its metric `Errors` does not: API Gateway answers 401 to nothing but
 * an authorizer that throws. The alarms have no action; whoever operates the stack adds theirs.
 */
export function watchAuthorizer(stack: Stack, log: ILogGroup): void {
  const scope = new Construct(stack, 'AuthorizerWatch');
  const watch = (metricName: string, { pattern, periods, description }: Watched) =>
    new MetricFilter(scope, `${metricName}Filter`, {
      logGroup: log,
      filterPattern: pattern,
      metricNamespace: stack.stackName,
      metricName,
      metricValue: '1',
      defaultValue: 0,
    })
      .metric({ statistic: 'Sum', period: Duration.minutes(5) })
      .createAlarm(scope, metricName, {
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        evaluationPeriods: periods,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: description,
      });
  watch('AuthorizerFaults', faults);
  watch('KeysNotRefreshed', keysNotRefreshed);
}
