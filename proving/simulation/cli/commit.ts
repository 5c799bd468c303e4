import { execFileSync } from 'node:child_process';

const git = (...parameters: string[]): string =>
  execFileSync('git', parameters, { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' }).trim();

/** What is being tried: the short name of the commit, and whether the files differ from it. */
export function commit(): string {
  try {
    const name = git('rev-parse', '--short', 'HEAD');
    const changed = git('status', '--porcelain', '--', ':/', ':!/proving/proof.*') !== '';
    return changed ? `${name} with changes` : name;
  } catch {
    // An archive of the files, or no git.
    return 'no commit';
  }
}
