import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { table } from '../lambdas/contract/table.ts';

/**
 * The one table: connections, memberships, conversations with their logs. `lambdas/adapters/dynamodb/keys.ts` says what
 * is in it. It outlives the stack.
 *
 * A `Table` and not a `TableV2`, because the rules of cdk-nag see only the former.
 */
export class ChatTable extends Table {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      partitionKey: { name: table.partitionKey, type: AttributeType.STRING },
      sortKey: { name: table.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: table.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.addGlobalSecondaryIndex({
      indexName: table.activityIndex.name,
      partitionKey: { name: table.activityIndex.partitionKey, type: AttributeType.STRING },
      sortKey: { name: table.activityIndex.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }
}
