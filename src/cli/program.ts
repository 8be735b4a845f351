/** The command line: commands, options, help, and the exit status of everything that can happen. */
import { Command, CommanderError, Option } from 'commander';
import { SNIPPET_IDS } from '../init/snippets.js';
import { printable } from '../report/escape.js';
import { check, type CheckOptions } from './check.js';
import type { Doors } from './doors.js';
import { completionScript, SHELLS } from './completion.js';
import { explain, type ExplainOptions } from './explain.js';
import { failureLines, UserError } from './failure.js';
import { CHECK_FORMATS } from './formats.js';
import { columnsOf, Stopped, type Io } from './io.js';
import { init, type InitOptions } from './init.js';
import { map, MAP_FORMATS, type MapOptions } from './map.js';
import { oneOf, type OutputWord } from './options.js';
import { scorecard, SCORECARD_FORMATS, type ScorecardOptions } from './scorecard.js';
import { vendors, type VendorsOptions } from './vendors.js';

const MORE = `
phitrace init is the way in; options and examples: phitrace <command> --help
Exit status: 0 nothing at or above the threshold, 1 findings,
2 phitrace could not do its job. Nothing leaves this machine.
Findings are evidence for a review, not legal advice.`;

const CHECK_EXAMPLES = `
Examples:
  phitrace check                      this folder, by the nearest baa.yaml
  phitrace check apps/api --manifest compliance/baa.yaml --stats
  phitrace check --format sarif --output phitrace.sarif --format text
  phitrace check --fail-on warning --rule phi-in-logs=off
  phitrace check --staged --quiet     what would be committed now`;

const EXPLAIN_EXAMPLES = `
Examples:
  phitrace explain phi-in-url         what a rule asks, the law, how to fix it
  phitrace explain 3f2a9c0d1b4e5f67   every step of one finding's path`;

const VENDORS_EXAMPLES = `
Examples:
  phitrace vendors                    all of them
  phitrace vendors openai             its services, and what is known of its BAA`;

const SCORECARD_EXAMPLES = `
Examples:
  phitrace scorecard
  phitrace scorecard --format markdown --output card.md`;

const COMPLETION_EXAMPLES = `
Examples:
  source <(phitrace completion bash)      in ~/.bashrc; likewise in ~/.zshrc
  phitrace completion fish > ~/.config/fish/completions/phitrace.fish`;

const INIT_EXAMPLES = `
Examples:
  phitrace init                             asks what to write
  phitrace init --yes                       writes baa.yaml, asks nothing
  phitrace init --yes --with github,husky   and what these need
What is there already is never changed.`;

const MAP_EXAMPLES = `
Examples:
  phitrace map                                  by recipient, in the terminal
  phitrace map --format html --output map.html  the page for a review
  phitrace map --format mermaid >> privacy.md   a diagram that GitHub draws
  phitrace map --format json --output v1.json   to compare with, later:
  phitrace map --compare v1.json --format html --output map.html`;

/** Commands that are promised and not there yet. */
const LATER = ['summarize'];

/** Runs one command line (without `node` and script) and returns the exit status; throws nothing. */
export async function run(argv: readonly string[], doors: Doors, io: Io): Promise<number> {
  const state = { status: 0 };
  // What commander prints is written in order and waited for.
  let written = Promise.resolve();
  const print = (stream: Io['stdout'], text: string): void => {
    written = written.then(() => stream.write(text));
  };
  try {
    await build(doors, io, state, print).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // As a shell says it of a program that was interrupted.
    if (error instanceof Stopped) state.status = 130;
    else if (error instanceof CommanderError) state.status = error.exitCode === 0 ? 0 : 2;
    else {
      state.status = 2;
      for (const line of failureLines(error, io.env['PHITRACE_DEBUG'] === '1'))
        print(io.stderr, `${printable(line)}\n`);
    }
  }
  await written;
  return state.status;
}

function build(
  doors: Doors,
  io: Io,
  state: { status: number },
  print: (stream: Io['stdout'], text: string) => void,
): Command {
  const program = new Command('phitrace')
    .description(
      'Traces PHI through TypeScript code to every outbound SDK call, and compares each recipient with the BAA manifest, baa.yaml.',
    )
    .version(doors.version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: termOf })
    .addHelpText('after', MORE)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        print(io.stdout, text);
      },
      writeErr: (text) => {
        print(io.stderr, text);
      },
      getOutHelpWidth: () => Math.min(columnsOf(io.stdout, io.env), 120),
      getErrHelpWidth: () => Math.min(columnsOf(io.stderr, io.env), 120),
      // One line: the suggestion that commander puts on a second one included.
      outputError: (text, write) => {
        write(`${printable(`phitrace: ${text.replace(/^error: /, '').trim()}`)}\n`);
      },
    });

  addCheck(program, doors, io, state);
  addMap(program, doors, io, state);
  addInit(program, doors, io);
  addScorecard(program, doors, io, state);
  program
    .command('explain')
    .summary("a rule, its law, how to fix it; or a finding's path")
    .description("explain a rule: its question, legal basis and how to fix; or one finding's whole path")
    .argument('<rule-id|fingerprint>')
    .addHelpText('after', EXPLAIN_EXAMPLES)
    .option('--format <format>', 'text or json', 'text')
    .option('--dir <dir>', 'the folder that the finding is in', '.')
    .option('--today <date>', 'judge as of this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .action(async (id: string, options: ExplainOptions) => {
      await explain(id, options, doors, io);
    });
  program
    .command('vendors')
    .summary("what is known of a vendor's BAA, with source and date")
    .description("what is known of vendors' services and BAA, with source and date")
    .argument('[id]')
    .addHelpText('after', VENDORS_EXAMPLES)
    .option('--format <format>', 'text or json', 'text')
    .option('--today <date>', 'count the age of facts to this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .option('--config <file>', 'configuration whose packs count (default: the nearest phitrace.yaml)')
    .option(
      '--pack <file>',
      'one more rule pack; repeatable',
      (file: string, all: readonly string[]) => [...all, file],
      [],
    )
    .action(async (id: string | undefined, options: VendorsOptions) => {
      await vendors(id, options, doors, io);
    });
  program
    .command('completion')
    .description('print the completion script of a shell')
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(async (shell: string) => {
      const vendorIds = (await doors.vendors({ dir: io.cwd })).map((vendor) => vendor.id);
      const words = { ruleIds: await doors.ruleIds(), vendorIds };
      await io.stdout.write(completionScript(program, oneOf('shell', shell, SHELLS), words));
    });
  const cache = program
    .command('cache')
    .summary("empty phitrace's folder in the user's cache")
    .description("what phitrace keeps in the user's cache folder")
    .helpCommand(false);
  cache
    .command('clean')
    .description('remove it all')
    .action(async () => {
      const { folder, removed } = await doors.cleanCache(io.env);
      await io.stdout.write(printable(`${removed ? 'removed' : 'there was nothing in'} ${folder}`) + '\n');
    });
  for (const name of LATER) {
    program
      .command(name, { hidden: true })
      .argument('[words...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw new UserError(`the command ${name} is not available in version ${doors.version} yet`);
      });
  }
  return program;
}

/** A command as the top help lists it: its words, without the options that every command has. */
function termOf(command: Command): string {
  const inner = command.commands.map((one) => one.name()).join('|');
  const words = command.registeredArguments.map((one) => {
    const name = one.name().replace('rule-id|fingerprint', 'rule|finding');
    return one.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), inner, ...words].filter((word) => word !== '').join(' ');
}

/** `--format`, as often as wanted; which `--output` belongs to which follows from their order. */
function formatOption(formats: readonly string[], words: OutputWord[]): Option {
  return new Option('--format <format>', `${formats.join(', ')} (default: text); repeatable`).argParser(
    (format: string) => {
      words.push({ format });
      return format;
    },
  );
}

function outputOption(words: OutputWord[]): Option {
  return new Option('--output <file>', 'where the format before it goes').argParser((output: string) => {
    words.push({ output });
    return output;
  });
}

function addCheck(program: Command, doors: Doors, io: Io, state: { status: number }): void {
  const words: OutputWord[] = [];
  const rules: string[] = [];
  program
    .command('check')
    .description('analyse, print findings, set the exit status')
    .argument('[dir]', 'folder to scan', '.')
    .option('--manifest <file>', 'BAA manifest (default: the nearest baa.yaml from dir upward)')
    .option('--config <file>', 'configuration (default: phitrace.yaml in dir)')
    .addOption(formatOption(CHECK_FORMATS, words))
    .addOption(outputOption(words))
    .option('--fail-on <severity>', 'error, warning or note: from here on the exit status is 1', 'error')
    .option('--rule <id=level>', 'off, note, warning or error for one rule; repeatable', (rule: string) => {
      rules.push(rule);
      return rule;
    })
    .option('--recipients <kind>', 'only what reaches partner or incidental recipients (logs, monitors, analytics)')
    .option('--profile <name>', 'recommended, strict or audit')
    .option('--baseline <file>', 'places that are known already: they do not decide the exit status')
    .option('--update-baseline', 'write the places of today into the baseline, and no report')
    .option('--changed-since <rev>', 'only places that the merge base with this revision does not have')
    .option('--staged', "analyse git's index, what would be committed now, instead of the work tree")
    .option('--policy-from <rev>', 'judge by manifest, configuration, packs and baseline of this revision')
    .option('--today <date>', 'judge as of this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .option('--allow-partial', 'no exit status 2 for code that could not be analysed')
    .option('--no-cache', 'neither read nor write the cache')
    .option('--jobs <n>', 'at most this many workers')
    .option('--quiet', 'only findings that decide the exit status, and totals')
    .option('--stats', 'print what the analysis did and how long it took')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (dir: string, options: CheckOptions) => {
      state.status = await check(dir, { ...options, rule: rules }, words, doors, io);
    });
}

function addInit(program: Command, doors: Doors, io: Io): void {
  const words: string[] = [];
  program
    .command('init')
    .description('look at the code, write a first baa.yaml')
    .argument('[dir]', 'folder to look at', '.')
    .option('--yes', 'ask nothing')
    .option('--with <names>', `${SNIPPET_IDS.join(', ')}; repeatable`, (word: string) => {
      words.push(word);
      return word;
    })
    .option('--organization <name>', 'for the manifest')
    .option('--today <date>', 'judge as of this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .addHelpText('after', INIT_EXAMPLES)
    .action(async (dir: string, options: Omit<InitOptions, 'with'>) => {
      await init(dir, { ...options, with: words }, doors, io);
    });
}

function addMap(program: Command, doors: Doors, io: Io, state: { status: number }): void {
  const words: OutputWord[] = [];
  program
    .command('map')
    .description('every PHI flow to every recipient, covered or not')
    .argument('[dir]', 'folder to scan', '.')
    .option('--manifest <file>', 'BAA manifest (default: the nearest baa.yaml from dir upward)')
    .option('--config <file>', 'configuration (default: phitrace.yaml in dir)')
    .addOption(formatOption(MAP_FORMATS, words))
    .addOption(outputOption(words))
    .option('--recipients <kind>', 'only partner or incidental recipients (logs, monitors, analytics)')
    .option('--compare <file>', 'say what changed since this JSON (text, markdown, html, csv)')
    .option('--today <date>', 'judge as of this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .option('--allow-partial', 'no exit status 2 for code that could not be analysed')
    .option('--no-cache', 'neither read nor write the cache')
    .option('--jobs <n>', 'at most this many workers')
    .option('--quiet', 'no sign of life')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', MAP_EXAMPLES)
    .action(async (dir: string, options: MapOptions) => {
      state.status = await map(dir, options, words, doors, io);
    });
}

function addScorecard(program: Command, doors: Doors, io: Io, state: { status: number }): void {
  const words: OutputWord[] = [];
  program
    .command('scorecard')
    .summary('the 25-row readiness card: proved, attested, open')
    .description('the 25-row readiness card: what code and manifest prove, what is open')
    .argument('[dir]', 'folder to scan', '.')
    .option('--manifest <file>', 'BAA manifest (default: the nearest baa.yaml from dir upward)')
    .option('--config <file>', 'configuration (default: phitrace.yaml in dir)')
    .addOption(formatOption(SCORECARD_FORMATS, words))
    .addOption(outputOption(words))
    .option('--today <date>', 'judge as of this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .option('--allow-partial', 'no exit status 2 for code that could not be analysed')
    .option('--quiet', 'no sign of life')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', SCORECARD_EXAMPLES)
    .action(async (dir: string, options: ScorecardOptions) => {
      state.status = await scorecard(dir, options, words, doors, io);
    });
}
