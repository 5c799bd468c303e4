import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environment } from '../lambdas/contract/environment.ts';
import { itemFamilies, table as schema } from '../lambdas/contract/table.ts';
import { bundleEntries } from './bundles.ts';
import type { FunctionName, FunctionRow } from './function-rows.ts';
import { functionRows } from './function-rows.ts';

export interface FunctionsProps {
  readonly table: Table;
  /** ARN of one method of the @connections API, over every connection of the stage. */
  connectionsArn(method: 'POST' | 'DELETE'): string;
  /** The value of every variable that a function may read. */
  readonly variables: Readonly<Record<keyof typeof environment, string>>;
  readonly retention: RetentionDays;
}

/** Makes the functions, each from its row: one role, one log group, only the variables that it reads. */
export class Functions extends Construct {
  readonly #props: FunctionsProps;
  readonly #codeOf: (name: string) => Code;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.#props = props;
    this.#codeOf = bundleEntries(Stack.of(this), Object.keys(functionRows));
  }

  create(name: FunctionName): LambdaFunction {
    const row = functionRows[name];
    const id = pascalCase(name);
    const logGroup = new LogGroup(this, `${id}Log`, {
      retention: this.#props.retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const statement of this.#statements(row)) role.addToPolicy(statement);
    return new LambdaFunction(this, `${id}Function`, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: this.#codeOf(name),
      handler: 'index.handler',
      timeout: Duration.seconds(row.timeoutSeconds ?? 10),
      memorySize: row.memoryMegabytes ?? 512,
      environment: Object.fromEntries(
        row.variables.map((variable) => [environment[variable], this.#props.variables[variable]]),
      ),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
  }

  #statements(row: FunctionRow): PolicyStatement[] {
    const { table } = this.#props;
    return [
      ...itemStatements(row, table.tableArn),
      ...(row.readsActivity
        ? [allow(['dynamodb:Query'], `${table.tableArn}/index/${schema.activityIndex.name}`)]
        : []),
      ...(row.manages === undefined
        ? []
        : [allow(['execute-api:ManageConnections'], this.#props.connectionsArn(row.manages))]),
    ];
  }
}

/**
 * Each action with all the families that it may touch, and not each family with its actions: a batch or transaction
 * over two families would fit into neither of two statements.
 */
function itemStatements(row: FunctionRow, tableArn: string): PolicyStatement[] {
  const families = ['connections', 'memberships', 'conversations'] as const;
  const actions = new Set(families.flatMap((family) => row[family] ?? []));
  return [...actions].map((action) => {
    const touched = families.filter((family) => row[family]?.includes(action));
    const statement = allow([`dynamodb:${action}`], tableArn);
    statement.addCondition('ForAllValues:StringLike', {
      'dynamodb:LeadingKeys': touched.map((family) => `${itemFamilies[family]}*`),
    });
    // "For all values" holds for a request without any, too.
    statement.addCondition('Null', { 'dynamodb:LeadingKeys': 'false' });
    return statement;
  });
}

function allow(actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ actions, resources: [resource] });
}

/** `send-message` as `SendMessage`, the form of logical ids. */
function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
