import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What takes seconds to load or to start: processes, the CDK, the compiler of functions. */
const slow = /^(?:node:child_process|aws-cdk-lib(?:\/.*)?|esbuild)$/;

/** These run the whole system, in one process or in many. */
const whole = /^test\/(?:end-to-end|lint)\//;

/** Tests, by their path, that start nothing and load nothing slow, neither themselves nor by what they import. */
export function quickTests(root: string): string[] {
  const known = new Map<string, boolean>();
  const isSlow = (file: string): boolean => {
    const answer = known.get(file);
    if (answer !== undefined) return answer;
    // A circle of imports ends here.
    known.set(file, false);
    const found = importsOf(file).some((name) => {
      if (!name.startsWith('.')) return slow.test(name);
      const path = normalize(join(dirname(file), name));
      return existsSync(path) && isSlow(path);
    });
    known.set(file, found);
    return found;
  };
  const tests = ['test', 'local/test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .map((path) => `${folder}/${path}`),
  );
  return tests.filter((path) => !whole.test(path) && !isSlow(join(root, path)));
}

/** Those of types are left out: they load nothing. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/^import type [^;]*;/gm, '');
  return [...text.matchAll(/(?:from|import) '([^']+)'/g)].map(([, name = '']) => name);
}
