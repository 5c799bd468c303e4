import { execFileSync } from 'node:child_process';

const git = (...parameters: string[]): string =>
  execFileSync('git', parameters, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();

/** What is being tried: the short name of the commit, and whether the files differ from it. */
export function commit(): string {
  const name = git('rev-parse', '--short', 'HEAD');
  const changed = git('status', '--porcelain', '--', ':/', ':!/docs/proof.*') !== '';
  return changed ? `${name} with changes` : name;
}
