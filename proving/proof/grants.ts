import { Application } from '../../test/end-to-end/support/application.ts';
import { withoutGrant } from '../../test/end-to-end/support/grants.ts';
import { Rights, type Grant } from '../../test/end-to-end/support/rights.ts';
import { play, wentWrong } from '../../test/end-to-end/support/scenario/play.ts';
import { judge } from './judge-grant.ts';
import type { Findings, Trial } from './part.ts';

/** Each action of each statement is taken away once, and everything is tried on the service that starts without it. */
export async function tryGrants({ signal, progress }: Trial): Promise<Findings> {
  const application = await Application.synthesized();
  try {
    const { grants } = new Rights(application);
    const tried = grants.filter(isTried);
    const healthy = await play(application);
    const findings = wentWrong(healthy).map((what) => `with all grants, ${what}`);
    const rows: string[][] = [];
    for (const [index, grant] of tried.entries()) {
      signal.throwIfAborted();
      const { name, action } = grant;
      progress(() => `grant ${index + 1} of ${tried.length}: ${action} of ${name}`);
      const robbed = await play(application, withoutGrant(name, action));
      const judged = judge(grant, healthy, robbed);
      findings.push(...judged.findings.map((finding) => `${name} without ${action}: ${finding}`));
      rows.push([name, action, judged.failed.join(', ')]);
    }
    const logs = grants.length - tried.length;
    return {
      colour: findings.length === 0 ? 'green' : 'red',
      verdict: `${tried.length} grants taken away one by one, ${findings.length} findings; ${logs} more, to write logs, are not enforced on this machine`,
      findings,
      table: { head: ['a function', 'without', 'fails to'], rows },
    };
  } finally {
    await application.remove();
  }
}

/** Logs are written here whatever a role says. */
function isTried({ action }: Grant): boolean {
  return !action.startsWith('logs:');
}
