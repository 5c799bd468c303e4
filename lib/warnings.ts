import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** Says at synthesis which settings leave something open that an installation may want closed. */
export function warnOfOpenSettings(scope: Construct, settings: Settings): void {
  const annotations = Annotations.of(scope);
  if (settings.allowedOrigins.includes('*')) {
    annotations.addWarningV2(
      'lobbybee:allowedOrigins',
      'Pages of every origin may connect; name your own with -c allowedOrigins=https://staff.example.com.',
    );
  }
  if (settings.oidc?.tokenTyp === 'any') {
    annotations.addWarningV2(
      'lobbybee:tokenTyp',
      'Tokens of any "typ" open a connection, ID tokens too; access tokens alone need -c tokenTyp=at+jwt.',
    );
  }
}
