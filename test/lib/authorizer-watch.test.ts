import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { jsonLog } from '../../lambdas/adapters/json-log.ts';
import { logEvents } from '../../lambdas/contract/log-events.ts';
import { at, functionProperties, ownIssuer, resources, synthesize } from './synthesized.ts';

const template = synthesize(ownIssuer);

function pattern(metricName: string): string {
  const found = Object.values(resources(template, 'AWS::Logs::MetricFilter')).filter(
    (filter) => at(filter, 'Properties', 'MetricTransformations', '0', 'MetricName') === metricName,
  );
  expect(found).toHaveLength(1);
  return String(at(found[0], 'Properties', 'FilterPattern'));
}

/** Whether a filter pattern of equalities, joined by "or", selects a record of the log. */
function selects(filter: string, line: string): boolean {
  const record: unknown = JSON.parse(line);
  return [...filter.matchAll(/\$\.([\w.]+) = "([^"]*)"/g)].some(
    ([, path = '', value]) => at(record, ...path.split('.')) === value,
  );
}

function written(level: 'info' | 'warn' | 'error', event: string): string {
  const lines: string[] = [];
  jsonLog((line) => lines.push(line)).write(level, event, { reason: 'any' });
  return lines.join('');
}

describe('The metrics of the authorizer', () => {
  test('count in its own log, under the name of the stack', () => {
    const logGroup = at(functionProperties(template, 'authorizer'), 'LoggingConfig', 'LogGroup');
    template.resourceCountIs('AWS::Logs::MetricFilter', 2);
    template.allResourcesProperties('AWS::Logs::MetricFilter', {
      LogGroupName: logGroup,
      MetricTransformations: [Match.objectLike({ MetricNamespace: 'Test', MetricValue: '1' })],
    });
  });

  test('tell faults and timeouts from refusals, and from the record that the runtime adds to each', () => {
    const faults = pattern('AuthorizerFaults');
    expect(faults).toBe('{ ($.level = "error") || ($.record.status = "timeout") }');
    expect(selects(faults, written('error', 'failed'))).toBe(true);
    expect(selects(faults, '{"type":"platform.report","record":{"status":"timeout"}}')).toBe(true);
    expect(selects(faults, written('warn', 'refused'))).toBe(false);
    expect(selects(faults, '{"level":"ERROR","message":{"errorMessage":"Unauthorized"}}')).toBe(false);
  });

  test('count what is logged when the key set cannot be had', () => {
    const filter = pattern('KeysNotRefreshed');
    expect(selects(filter, written('warn', logEvents.keysNotRefreshed))).toBe(true);
    expect(selects(filter, written('warn', 'refused'))).toBe(false);
  });

  test.each([
    ['AuthorizerFaults', 1],
    ['KeysNotRefreshed', 2],
  ])('%s is an alarm after %i periods of five minutes with one of them', (MetricName, EvaluationPeriods) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'Test',
      MetricName,
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods,
      TreatMissingData: 'notBreaching',
    });
  });

  test('are those that docs/design.md lists', () => {
    const document = readFileSync(new URL('../../docs/design.md', import.meta.url), 'utf8');
    const table = document.split('\n\n').find((block) => block.startsWith('| metric ')) ?? '';
    const listed = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    const made = Object.values(resources(template, 'AWS::Logs::MetricFilter')).map((filter) =>
      at(filter, 'Properties', 'MetricTransformations', '0', 'MetricName'),
    );
    expect(new Set(listed)).toEqual(new Set(made));
  });
});
