import {
  type AssemblyModel,
  decide,
  type FunctionModel,
  type ObservedCall,
  type PolicyModel,
  readApplication,
  type RoleModel,
} from '../../../local/src/index.ts';
import { isRecord } from '../../../local/src/command-line/index.ts';
import type { Application } from './application.ts';

/** A call as IAM was asked for it. */
export type Asked = Omit<ObservedCall, 'allowed'>;

/** One action of one statement of a function's role. */
export interface Grant {
  /** The function's, such as `SendMessage`. */
  readonly name: string;
  readonly action: string;
  /** Whether a call is not allowed without it. */
  readonly neededBy: (call: Asked) => boolean;
}

/** What the roles of a synthesized template allow, held against calls. */
export class Rights {
  readonly #model: AssemblyModel;

  constructor({ assemblyDirectory, dataDirectory }: Application) {
    this.#model = readApplication({ assemblyDirectory }, { inlineCodeDirectory: dataDirectory });
  }

  /** The calls that the roles of whoever made them do not allow. */
  refused(calls: readonly Asked[]): Asked[] {
    return this.#roles().flatMap(({ role, model }) =>
      calls.filter((call) => isBy(model, call) && !this.#allows(role.policies, call)),
    );
  }

  /** Everything that is granted to any function, one by one. */
  get grants(): Grant[] {
    return this.#roles().flatMap(({ role, model }) =>
      withoutEach(role).map(({ action, others }) => ({
        name: shortName(model),
        action,
        neededBy: (call: Asked) => isBy(model, call) && !this.#allows(others, call),
      })),
    );
  }

  /** Statements of roles that no function has. */
  get ofNobody(): PolicyModel[] {
    const used = new Set(this.#model.functions.map(({ roleArn }) => roleArn));
    return this.#model.roles.filter(({ arn }) => !used.has(arn)).flatMap(({ policies }) => policies);
  }

  /** The Lambda service writes every function's log, with that function's rights: no code calls for it. */
  get logCalls(): Asked[] {
    const { account, region, functions } = this.#model;
    return functions.flatMap(({ name, logGroup }) =>
      ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
        principalArn: `arn:aws:sts::${account}:assumed-role/any/${name}`,
        action,
        resource: `arn:aws:logs:${region}:${account}:log-group:${logGroup}:log-stream:2026/01/01/[$LATEST]0`,
        context: {},
      })),
    );
  }

  #roles(): { role: RoleModel; model: FunctionModel }[] {
    const { functions, roles } = this.#model;
    return functions.flatMap((model) =>
      roles.filter(({ arn }) => arn === model.roleArn).map((role) => ({ role, model })),
    );
  }

  #allows(policies: readonly PolicyModel[], call: Asked): boolean {
    return decide({ policies }, call) === 'allowed';
  }
}

function isBy({ name }: FunctionModel, { principalArn }: Asked): boolean {
  return principalArn.endsWith(`/${name}`);
}

/** `SendMessage` of `LobbyBeeRealtime-FunctionsSendMessageFunction0A1B2C3D-…`. */
function shortName({ logicalId }: FunctionModel): string {
  return /^Functions(\w+)Function[0-9A-F]{8}$/.exec(logicalId)?.[1] ?? logicalId;
}

/** Each action that a role allows, and the role's policies without it. */
function withoutEach({ policies }: RoleModel): { action: string; others: PolicyModel[] }[] {
  return policies.flatMap(({ name, document }, index) => {
    const statements = statementsOf(document);
    return statements.flatMap((statement, at) =>
      actionsOf(statement).map((action) => {
        const left = { ...statement, Action: actionsOf(statement).filter((other) => other !== action) };
        const others = left.Action.length === 0 ? statements.toSpliced(at, 1) : statements.with(at, left);
        const reduced = { name, document: { Version: '2012-10-17', Statement: others } };
        return { action, others: policies.with(index, reduced) };
      }),
    );
  });
}

function statementsOf(document: unknown): Readonly<Record<string, unknown>>[] {
  return isRecord(document) ? [document['Statement']].flat().filter(isRecord) : [];
}

function actionsOf(statement: Readonly<Record<string, unknown>>): string[] {
  return [statement['Action']].flat().map(String);
}
