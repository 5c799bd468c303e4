import { repeatCommand, seedsTried, verdictLine } from '../simulation/verdict/print.ts';
import { Tally, type Colour } from '../simulation/verdict/tally.ts';
import type { Circumstances, Proof, Section, SeedRun } from './record.ts';

const mostRedSeeds = 50;

/** The report as Markdown. `parts`: all there are, tried or not. */
export function report(
  proof: Proof,
  parts: readonly { readonly name: string; readonly title: string }[],
): string {
  const sections = parts.map(({ name, title }) => sectionOf(proof, name, title));
  return [
    '# Proof',
    '',
    'Written by `npm run prove` from what it keeps in `proof.json`; what is changed here by hand is overwritten. What',
    'is promised, and how it is tried: [README.md](README.md). A part that was not tried again stands as it',
    'was, with the commit at which it was tried.',
    '',
    ...table(
      ['part', 'verdict', 'what came of it', 'commit', 'date'],
      sections.map(({ summary }) => summary),
    ),
    ...sections.flatMap(({ lines }) => ['', ...lines]),
    '',
  ].join('\n');
}

interface ReportSection {
  readonly summary: readonly string[];
  readonly lines: readonly string[];
}

function sectionOf(proof: Proof, name: string, title: string): ReportSection {
  const choice = `\`${name}\``;
  if (name === 'seeds' && proof.seedRuns.length > 0) return seedsSection(proof.seedRuns, choice, title);
  const section = proof.sections[name];
  if (section === undefined) {
    const lines = [`## ${title}`, '', `Not tried yet: \`npm run prove -- --only ${name}\`.`];
    return { summary: [choice, 'not tried', '', '', ''], lines };
  }
  const { colour, verdict, commit, date } = section;
  return { summary: [choice, strong(colour), verdict, commit, date], lines: linesOf(section, title) };
}

function linesOf(section: Section, title: string): string[] {
  const { colour, verdict, findings, table: shown } = section;
  return [
    `## ${title}`,
    '',
    `${strong(colour)}: ${verdict}.`,
    '',
    `${triedBy(section)}.`,
    ...bullets(findings),
    ...(shown.rows.length === 0 ? [] : ['', ...table(shown.head, shown.rows)]),
  ];
}

function seedsSection(runs: readonly SeedRun[], choice: string, title: string): ReportSection {
  const all = new Tally();
  for (const { tally } of runs) all.addSaved(tally);
  const unlike = <Value>(of: (run: SeedRun) => Value) => [...new Set(runs.map(of))];
  const commits = unlike(({ commit }) => commit).join(', ');
  const said = `${all.seeds} seeds, ${all.count('deliveries')} deliveries checked, ${all.red.length} red`;
  const last =
    runs
      .map(({ date }) => date)
      .toSorted()
      .at(-1) ?? '';
  return {
    summary: [choice, strong(all.colour), said, commits, last],
    lines: [
      `## ${title}`,
      '',
      ...table(runHead, [...runs.map(runRow), ['sum', '', ...sums(all), '', '', '', '']]),
      '',
      'Per core-second: checked deliveries in a second of CPU of all processes that took part, their start included.',
      '',
      ...verdictLine(all, seedsTried(all, rangesOf(runs)), commits)
        .split(' | ')
        .map((part) => `- ${part}`),
      ...bullets(whatIsWrong(all)),
      '',
      'How often each fault came about:',
      '',
      ...table(
        ['fault', 'times'],
        [...all.faults].map(([kind, times]) => [kind, String(times)]),
      ),
    ],
  };
}

const runHead = [
  'from',
  'to',
  'seeds',
  'red',
  'deliveries',
  'per core-second',
  'commit',
  'date',
  'Node.js, cores',
  'command',
];

function runRow({ from, to, tally, commit, date, node, cores, command }: SeedRun): string[] {
  const one = new Tally();
  one.addSaved(tally);
  return [String(from), String(to), ...sums(one), commit, date, `${node}, ${cores}`, `\`${command}\``];
}

function sums(tally: Tally): string[] {
  const { seeds, red, deliveriesPerCoreSecond } = tally;
  return [seeds, red.length, tally.count('deliveries'), deliveriesPerCoreSecond].map(String);
}

function rangesOf(runs: readonly SeedRun[]): string {
  return runs.map(({ from, to }) => `${from} to ${to}`).join(', ');
}

function whatIsWrong({ red, tooDear, vacuous }: Tally): string[] {
  const left = red.length - mostRedSeeds;
  return [
    ...red
      .slice(0, mostRedSeeds)
      .map(({ seed, invariant, message }) => `red: ${invariant} ${message}: \`${repeatCommand(seed)}\``),
    ...(left > 0 ? [`and ${left} red seeds more`] : []),
    ...tooDear.map((what) => `too dear: ${what}`),
    ...vacuous.map((what) => `too rare for a verdict: ${what}`),
  ];
}

function triedBy({ command, node, cores, commit, date }: Circumstances): string {
  return `\`${command}\`, Node.js ${node}, ${cores} cores, commit ${commit}, ${date}`;
}

function bullets(items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', ...items.map((item) => `- ${item}`)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

function strong(colour: Colour): string {
  return colour === 'green' ? colour : `**${colour}**`;
}
