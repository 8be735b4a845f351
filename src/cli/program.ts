/** The command line: commands, options, help, and the exit status of everything that can happen. */
import { Command, CommanderError, Option } from 'commander';
import { printable } from '../report/escape.js';
import { check, type CheckOptions } from './check.js';
import type { Doors } from './doors.js';
import { explain } from './explain.js';
import { failureLines, UserError } from './failure.js';
import { FORMATS_THERE } from './formats.js';
import { columnsOf, type Io } from './io.js';
import { map, MAP_FORMATS, type MapOptions } from './map.js';
import type { OutputWord } from './options.js';
import { vendors, type VendorsOptions } from './vendors.js';

const EXAMPLES = `
Examples:
  phitrace check                          analyse this folder against the nearest baa.yaml
  phitrace check apps/api --format json   one JSON document on standard output
  phitrace check --format sarif --output phitrace.sarif --format text
  phitrace map --format html --output map.html   where PHI goes, on one page for a review
  phitrace explain phi-in-url             what a rule asks, the law behind it, how to fix
  phitrace vendors openai                 what is known of a vendor's services and BAA

Exit status: 0 nothing at or above the threshold, 1 findings, 2 phitrace could not do its job.
Nothing leaves this machine. Findings are evidence for a review, not legal advice.`;

const CHECK_EXAMPLES = `
Examples:
  phitrace check --fail-on warning --rule phi-in-logs=off
  phitrace check services/scribe --manifest compliance/baa.yaml --stats
  phitrace check --format json --output report.json --format text`;

const MAP_EXAMPLES = `
Examples:
  phitrace map                                       recipient by recipient, in the terminal
  phitrace map --format html --output map.html       the page for a review: opens from disk, needs no network
  phitrace map --format mermaid >> docs/privacy.md   a diagram that GitHub draws
  phitrace map --format json --output v1.json        to compare with, later:
  phitrace map --compare v1.json --format html --output map.html`;

/** Commands that are promised and not there yet. */
const LATER = ['init', 'scorecard', 'completion', 'cache', 'summarize'];

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
    if (error instanceof CommanderError) state.status = error.exitCode === 0 ? 0 : 2;
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
      'Traces PHI through TypeScript code to every outbound SDK call and compares each recipient with the BAA manifest.',
    )
    .version(doors.version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
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
  program
    .command('explain')
    .description('explain a rule: its question, legal basis and how to fix')
    .argument('<rule-id>')
    .option('--format <format>', 'text or json', 'text')
    .action(async (id: string, options: { format: string }) => {
      await explain(id, options.format, doors, io);
    });
  program
    .command('vendors')
    .description("what is known of vendors' services and BAA, with source and date")
    .argument('[id]')
    .option('--format <format>', 'text or json', 'text')
    .option('--today <date>', 'count the age of facts to this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .action(async (id: string | undefined, options: VendorsOptions) => {
      await vendors(id, options, doors, io);
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

function addCheck(program: Command, doors: Doors, io: Io, state: { status: number }): void {
  // Options that are promised but not there yet are known, so that they are refused in plain words; help keeps quiet of them.
  const words: OutputWord[] = [];
  const rules: string[] = [];
  program
    .command('check')
    .description('analyse, print findings, set the exit status')
    .argument('[dir]', 'folder to scan', '.')
    .option('--manifest <file>', 'BAA manifest (default: the nearest baa.yaml from dir upward)')
    .option('--config <file>', 'configuration (default: phitrace.yaml in dir)')
    .option('--format <format>', `${FORMATS_THERE.join(', ')} (default: text); repeatable`, (format: string) => {
      words.push({ format });
      return format;
    })
    .option('--output <file>', 'where the format before it goes', (output: string) => {
      words.push({ output });
      return output;
    })
    .option('--fail-on <severity>', 'error, warning or note: from here on the exit status is 1', 'error')
    .option('--rule <id=level>', 'off, note, warning or error for one rule; repeatable', (rule: string) => {
      rules.push(rule);
      return rule;
    })
    .option('--profile <name>', 'recommended, strict or audit')
    .addOption(new Option('--baseline <file>', 'findings that are known').hideHelp())
    .addOption(new Option('--update-baseline', 'write the baseline').hideHelp())
    .addOption(new Option('--changed-since <rev>', 'only what is new since this revision').hideHelp())
    .addOption(new Option('--staged', 'analyse the index instead of the work tree').hideHelp())
    .addOption(
      new Option('--policy-from <rev>', 'manifest, configuration, packs and baseline of this revision').hideHelp(),
    )
    .option('--today <date>', 'judge as of this day, YYYY-MM-DD (or SOURCE_DATE_EPOCH)')
    .option('--allow-partial', 'no exit status 2 for code that could not be analysed')
    .option('--no-cache', 'neither read nor write the cache')
    .option('--jobs <n>', 'at most this many workers')
    .option('--quiet', 'only findings that decide the exit status, and totals')
    .option('--brief', 'the gravest finding in full, the others in one line each')
    .option('--stats', 'print what the analysis did and how long it took')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (dir: string, options: CheckOptions) => {
      state.status = await check(dir, { ...options, rule: rules }, words, doors, io);
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
    .option('--format <format>', `${MAP_FORMATS.join(', ')} (default: text); repeatable`, (format: string) => {
      words.push({ format });
      return format;
    })
    .option('--output <file>', 'where the format before it goes', (output: string) => {
      words.push({ output });
      return output;
    })
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
