import { huntAll } from './bugs.ts';
import { tryGrants } from './grants.ts';
import { watchHeap } from './heap.ts';
import type { Part } from './part.ts';
import { resume } from './resume.ts';
import { trySeeds } from './seeds.ts';
import { soak } from './soak.ts';

/** What `npm run prove` does, in this order: what takes longest comes last. */
export const parts: readonly Part[] = [
  { name: 'bugs', title: 'Planted bugs', findings: huntAll },
  { name: 'grants', title: 'Grants', findings: tryGrants },
  { name: 'resume', title: 'Resume over 10,000 messages', findings: resume },
  { name: 'heap', title: 'Heap', findings: watchHeap },
  { name: 'soak', title: 'Soak: the checker on real sockets', findings: soak },
  { name: 'seeds', title: 'Seeds', run: trySeeds },
];

/** Those that a user names, `a,b`, in the order of the table; all, if none is named. */
export function chosen(names: string | undefined): readonly Part[] {
  if (names === undefined) return parts;
  const wanted = names.split(',').map((name) => name.trim());
  for (const name of wanted) {
    if (!parts.some((part) => part.name === name)) {
      const known = parts.map((part) => part.name).join(', ');
      throw new Error(`--only: there is no part "${name}"; the parts are ${known}`);
    }
  }
  return parts.filter(({ name }) => wanted.includes(name));
}
