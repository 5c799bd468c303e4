import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { AccountRecovery, ClientAttributes, Mfa, StringAttribute, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { TokenTrust } from '../lambdas/contract/environment.ts';
import { limits } from '../protocol/limits.ts';

/** Cognito puts the prefix before custom attributes, in tokens as in every API. */
const attributes = { hotel: 'hotel_id', role: 'role' };

/**
 * The user pool of an installation that brings no provider of its own: an administrator invites staff, sets their
 * hotel and role, and puts them into groups, which are the departments. Browsers sign in with SRP and open connections with
 * the ID token. It outlives the stack.
 */
export class StaffPool extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      // "Ana@hotel.example" is who "ana@hotel.example" is. It cannot be changed after the first deployment.
      signInCaseSensitive: false,
      customAttributes: {
        [attributes.hotel]: new StringAttribute({ minLen: 1, maxLen: limits.idUnits, mutable: true }),
        [attributes.role]: new StringAttribute({ maxLen: 128, mutable: true }),
      },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.client = this.addBrowserClient();
  }

  get trust(): TokenTrust {
    return {
      kind: 'cognito',
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      claims: {
        hotel: `custom:${attributes.hotel}`,
        departments: 'cognito:groups',
        name: 'name',
        role: `custom:${attributes.role}`,
      },
    };
  }

  private addBrowserClient(): UserPoolClient {
    return this.pool.addClient('Browser', {
      generateSecret: false,
      authFlows: { userSrp: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(1),
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, emailVerified: true, fullname: true, locale: true })
        .withCustomAttributes(attributes.hotel, attributes.role),
      // Without a list a client may write every attribute. The name is not on it either: colleagues and guests see it.
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
    });
  }
}
