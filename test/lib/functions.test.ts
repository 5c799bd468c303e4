import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { functionRows } from '../../lib/function-rows.ts';
import type { FunctionName } from '../../lib/function-rows.ts';
import { allStatements, rights, statements } from './rights.ts';
import { at, functionProperties, isProperties, ownIssuer, resources, synthesize } from './synthesized.ts';
import type { Properties } from './synthesized.ts';

const template = synthesize(ownIssuer);
const names: readonly FunctionName[] = [
  'authorizer',
  'connect',
  'disconnect',
  'default',
  'subscribe',
  'unsubscribe',
  'send-message',
  'history',
  'conversations',
  'change',
  'ping',
  'notify',
];

/** Commit to a conversation, deliver to its groups, remove the dead. */
const commitsAndDelivers = [
  'dynamodb:DeleteItem U#* G#*',
  'dynamodb:GetItem V#*',
  'dynamodb:PutItem V#*',
  'dynamodb:Query G#*',
  'dynamodb:UpdateItem V#*',
  'execute-api:ManageConnections',
];

function variables(name: FunctionName): Properties {
  const found = at(functionProperties(template, name), 'Environment', 'Variables');
  return isProperties(found) ? found : {};
}

describe('Every function', () => {
  test('is one of the twelve, and there is no other', () => {
    expect(Object.keys(functionRows).toSorted()).toEqual(names.toSorted());
    template.resourceCountIs('AWS::Lambda::Function', names.length);
  });

  test('runs on Node 24 and arm64, without reserved concurrency and without tracing', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      ReservedConcurrentExecutions: Match.absent(),
      TracingConfig: Match.absent(),
    });
  });

  test.each(names)('%s has a role and a log group that no other function has', (name) => {
    const own = (path: readonly string[]): unknown => at(functionProperties(template, name), ...path);
    const others = names.filter((other) => other !== name);
    for (const path of [
      ['Role', 'Fn::GetAtt', '0'],
      ['LoggingConfig', 'LogGroup', 'Ref'],
    ]) {
      expect(own(path)).toEqual(expect.any(String));
      expect(others.map((other) => at(functionProperties(template, other), ...path))).not.toContain(
        own(path),
      );
    }
  });

  test.each(names)('%s may write to its own log group and to no other', (name) => {
    const logs = statements(template, name).filter(({ actions }) =>
      actions.some((action) => action.startsWith('logs:')),
    );
    const logGroup = at(functionProperties(template, name), 'LoggingConfig', 'LogGroup', 'Ref');
    expect(logs).toEqual([
      {
        effect: 'Allow',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resource: JSON.stringify({ 'Fn::GetAtt': [logGroup, 'Arn'] }),
        condition: undefined,
      },
    ]);
  });

  test('has no managed policy, no action with a wildcard and no resource that is one', () => {
    for (const name of names) {
      const role = at(functionProperties(template, name), 'Role', 'Fn::GetAtt', '0');
      expect(at(resources(template, 'AWS::IAM::Role'), String(role), 'Properties')).not.toHaveProperty(
        'ManagedPolicyArns',
      );
    }
    for (const { actions, resource } of allStatements(template)) {
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
      expect(resource.replace(/\/(POST|DELETE)\/@connections\/\*/, '')).not.toContain('*');
    }
  });

  test('ends after 10 seconds with 512 MB, but the authorizer after 5 and notify after 120 with 1,024 MB', () => {
    const limits = names.map((name) => {
      const properties = functionProperties(template, name);
      return [name, at(properties, 'Timeout'), at(properties, 'MemorySize')];
    });
    expect(limits).toEqual(
      names.map((name) => {
        if (name === 'authorizer') return [name, 5, 512];
        return name === 'notify' ? [name, 120, 1024] : [name, 10, 512];
      }),
    );
  });
});

describe('Rights', () => {
  test('the authorizer and the answer to unknown actions touch nothing at all', () => {
    expect(rights(template, 'authorizer')).toEqual([]);
    expect(rights(template, 'default')).toEqual([]);
  });

  test('connect puts connections and memberships, and reads and removes nothing', () => {
    expect(rights(template, 'connect')).toEqual(['dynamodb:PutItem U#* G#*']);
  });

  test('disconnect removes connections and memberships, and never touches a conversation', () => {
    expect(rights(template, 'disconnect')).toEqual(['dynamodb:DeleteItem U#* G#*']);
  });

  test('subscribe reads conversations, but can never write a message', () => {
    expect(rights(template, 'subscribe')).toEqual([
      'dynamodb:DeleteItem U#* G#*',
      'dynamodb:GetItem V#*',
      'dynamodb:PutItem U#* G#*',
      'dynamodb:Query V#*',
      'dynamodb:UpdateItem U#* G#*',
      'execute-api:ManageConnections',
    ]);
  });

  test('unsubscribe changes connections and memberships, and reads no conversation', () => {
    expect(rights(template, 'unsubscribe')).toEqual([
      'dynamodb:DeleteItem U#* G#*',
      'dynamodb:UpdateItem U#* G#*',
    ]);
  });

  test('send-message and change commit, deliver and remove the dead, but never delete what was said', () => {
    expect(rights(template, 'send-message')).toEqual(commitsAndDelivers);
    expect(rights(template, 'change')).toEqual(commitsAndDelivers);
  });

  test('notify may do the same and put what failed for good into its queue', () => {
    expect(rights(template, 'notify')).toEqual([...commitsAndDelivers, 'sqs:SendMessage']);
  });

  test('history reads one conversation and writes nothing', () => {
    expect(rights(template, 'history')).toEqual(['dynamodb:GetItem V#*', 'dynamodb:Query V#*']);
  });

  test('conversations reads the index of activity and not the table', () => {
    expect(rights(template, 'conversations')).toEqual(['dynamodb:Query byActivity']);
  });

  test('ping reads heads, the index of activity and whether the connection is known', () => {
    expect(rights(template, 'ping')).toEqual([
      'dynamodb:BatchGetItem V#*',
      'dynamodb:GetItem U#*',
      'dynamodb:Query byActivity',
      'execute-api:ManageConnections',
    ]);
  });

  test('a right to items is always held to their families, and no function may scan', () => {
    for (const { actions, condition, resource } of allStatements(template)) {
      const reachesItems = actions.some((action) => action.startsWith('dynamodb:'));
      if (!reachesItems || resource.includes('/index/byActivity')) continue;
      expect(at(condition, 'ForAllValues:StringLike', 'dynamodb:LeadingKeys')).toEqual(expect.any(Array));
      expect(at(condition, 'Null', 'dynamodb:LeadingKeys')).toBe('false');
    }
    const granted = allStatements(template).flatMap(({ actions }) => actions);
    expect(granted).not.toContain('dynamodb:Scan');
    // It puts as well as it deletes, whatever it is meant for.
    expect(granted).not.toContain('dynamodb:BatchWriteItem');
  });

  test('three functions may post to connections of this stage, two may close them, and none both', () => {
    const [api] = Object.keys(resources(template, 'AWS::ApiGatewayV2::Api'));
    const managing = allStatements(template)
      .filter(({ actions }) => actions.includes('execute-api:ManageConnections'))
      .map(({ resource }) => resource);
    for (const [method, count] of [
      ['POST', 3],
      ['DELETE', 2],
    ] as const) {
      const one = managing.filter((resource) =>
        resource.includes(`{"Ref":"${api}"},"/live/${method}/@connections/*"`),
      );
      expect(one).toHaveLength(count);
    }
    expect(managing).toHaveLength(5);
  });
});

describe('Variables', () => {
  test('each function gets those that it reads and no other', () => {
    const reads = Object.fromEntries(names.map((name) => [name, Object.keys(variables(name)).toSorted()]));
    const connecting = ['CONNECTIONS_ENDPOINT', 'GROUP_SHARDS', 'TABLE_NAME'];
    const grouping = ['GROUP_SHARDS', 'TABLE_NAME'];
    expect(reads).toEqual({
      authorizer: ['ALLOWED_ORIGINS', 'REQUIRE_ORIGIN', 'TOKEN_TRUST'],
      connect: grouping,
      disconnect: grouping,
      default: [],
      subscribe: connecting,
      unsubscribe: grouping,
      'send-message': connecting,
      history: ['TABLE_NAME'],
      conversations: ['TABLE_NAME'],
      change: connecting,
      ping: connecting,
      notify: connecting,
    });
  });

  test('the authorizer is told whose tokens and which origins to take', () => {
    const given = synthesize({
      ...ownIssuer,
      allowedOrigins: 'https://a.example,https://b.example',
      requireOrigin: true,
    });
    const set = at(functionProperties(given, 'authorizer'), 'Environment', 'Variables');
    expect(JSON.parse(String(at(set, 'TOKEN_TRUST')))).toEqual({
      kind: 'oidc',
      issuer: 'https://login.example.com',
      audience: 'realtime',
      tokenTyp: 'at+jwt',
      claims: { hotel: 'hotel_id', departments: 'departments', name: 'name', role: 'role' },
    });
    expect(at(set, 'ALLOWED_ORIGINS')).toBe('["https://a.example","https://b.example"]');
    expect(at(set, 'REQUIRE_ORIGIN')).toBe('true');
  });

  test('posting goes to the stage by its own address, in whatever region', () => {
    expect(JSON.stringify(variables('notify')['CONNECTIONS_ENDPOINT'])).toMatch(
      /^{"Fn::Join":\["",\["https:\/\/",{"Ref":"\w+"},"\.execute-api\.",{"Ref":"AWS::Region"},"\.",{"Ref":"AWS::URLSuffix"},"\/live"\]\]}$/,
    );
  });

  test('the number of shards is what the context says', () => {
    expect(variables('connect')['GROUP_SHARDS']).toBe('1');
    const raised = synthesize({ ...ownIssuer, groupShards: '8' });
    expect(at(functionProperties(raised, 'connect'), 'Environment', 'Variables', 'GROUP_SHARDS')).toBe('8');
  });
});
