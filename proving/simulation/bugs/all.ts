import { clientListBugs } from './client-lists.ts';
import { clientBugs } from './client.ts';
import { identityBugs } from './identity.ts';
import type { PlantedBug } from './planted-bug.ts';
import { rightsBugs } from './rights.ts';
import { storingBugs } from './storing.ts';
import { tellingBugs } from './telling.ts';
import { upstreamBugs } from './upstream.ts';

/** Every planted bug, each alone. */
export const plantedBugs: readonly PlantedBug[] = [
  ...storingBugs,
  ...tellingBugs,
  ...rightsBugs,
  ...clientBugs,
  ...identityBugs,
  ...upstreamBugs,
  ...clientListBugs,
];
