import { readOptions, UsageError, wholeNumber } from '../../local/src/command-line/index.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly clients: number;
  readonly hotels: number;
  readonly seed: number;
}

export const soakHelp = `npm run soak -- [options]

Runs npm start with real clients while connections are reset and held half open, execution environments are killed and the
service is stopped and killed; then checks what everybody was shown against what is stored.

  --minutes N     how long things go wrong, 10 unless said; a quiet end of a minute or two comes after
  --clients N     how many clients, 200 unless said
  --hotels N      over how many hotels they are spread, 8 unless said
  --seed N        what decides who does what and what goes wrong when; another one each time unless said

Ends with 0 for green, 1 for red, 2 for unknown: too little has happened, as may be in a minute or two, or it was stopped.`;

const kinds = { minutes: 'value', clients: 'value', hotels: 'value', seed: 'value', help: 'flag' } as const;

/** What the command line asks for; `freshSeed` where it names none. @throws UsageError */
export function readSoakOptions(argv: readonly string[], freshSeed: number): SoakOptions | 'help' {
  const options = readOptions(argv, kinds);
  if (options.has('help')) return 'help';
  const clients = wholeNumber(options.value('clients') ?? '200', 'clients', 2, 2000);
  const hotels = wholeNumber(options.value('hotels') ?? `${Math.min(8, clients)}`, 'hotels', 1, 100);
  if (hotels > clients) {
    throw new UsageError(`--hotels must be at most as many as --clients (${clients}), not "${hotels}".`);
  }
  return {
    minutes: wholeNumber(options.value('minutes') ?? '10', 'minutes', 1, 1440),
    clients,
    hotels,
    seed: wholeNumber(options.value('seed') ?? `${freshSeed}`, 'seed', 1, 999_999_999),
  };
}
