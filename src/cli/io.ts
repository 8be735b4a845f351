/** The world outside of the command line, so that tests can stand in for it. */
import type { ColorSupportLevel } from 'chalk';

export interface Stream {
  readonly isTTY: boolean;
  readonly columns: number | null;
  /** Resolves when the text has been handed over; a reader that went away is no error. */
  write(text: string): Promise<void>;
}

export interface Io {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Asks the person at the terminal; null if there is none. Rejects with `Stopped` on Ctrl-C. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Milliseconds since 1970. */
  now(): number;
}

export function processIo(): Io {
  return {
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    ask: process.stdin.isTTY && process.stdout.isTTY ? askTerminal : null,
    now: () => Date.now(),
  };
}

/** Ctrl-C or Ctrl-D at a question. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

async function askTerminal(question: string): Promise<string> {
  const { createInterface } = await import('node:readline');
  return new Promise((resolve, reject) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    let answered = false;
    terminal.on('SIGINT', () => {
      terminal.close();
    });
    terminal.on('close', () => {
      if (!answered) reject(new Stopped('stopped'));
    });
    terminal.question(question, (answer) => {
      answered = true;
      terminal.close();
      resolve(answer);
    });
  });
}

function streamOf(stream: NodeJS.WriteStream): Stream {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // `phitrace check | head` closes our output early: the rest is not wanted, the exit status still is.
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    gone = true;
  });
  return {
    isTTY: stream.isTTY === true,
    columns: stream.columns ?? null,
    write: (text) =>
      new Promise((resolve) => {
        if (gone || text === '') resolve();
        else {
          stream.write(text, () => {
            resolve();
          });
        }
      }),
  };
}

/** FORCE_COLOR, NO_COLOR, then whether it is a terminal and which. */
export function colorLevel(stream: Pick<Stream, 'isTTY'>, env: Io['env']): ColorSupportLevel {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) {
    if (forced === '0' || forced === 'false') return 0;
    return forced === '2' ? 2 : forced === '3' ? 3 : 1;
  }
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return 0;
  if (!stream.isTTY || env['TERM'] === 'dumb') return 0;
  if (env['COLORTERM'] === 'truecolor' || env['COLORTERM'] === '24bit') return 3;
  return /-256(?:color)?$/.test(env['TERM'] ?? '') ? 2 : 1;
}

export function columnsOf(stream: Pick<Stream, 'columns'>, env: Io['env']): number {
  const told = stream.columns ?? Number(env['COLUMNS']);
  return Number.isInteger(told) && told > 0 ? told : 100;
}
