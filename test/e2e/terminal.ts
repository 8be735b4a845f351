/** The built executable at a pseudo terminal, with somebody who answers what it asks. */
import { spawn, spawnSync } from 'node:child_process';
import process from 'node:process';
import { BIN, TODAY } from './command.js';

/** util-linux' `script` gives a pseudo terminal without a native package; other systems have another one of that name. */
export const NO_TERMINAL =
  process.platform !== 'linux' ||
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') !== true;
if (NO_TERMINAL)
  process.stderr.write("\nNOT TESTED: questions at a terminal. There is no util-linux' script here.\n\n");

export interface Talk {
  readonly status: number | null;
  /** All that stood on the terminal, colours and carriage returns taken out. */
  readonly screen: string;
}

/** Runs a command line; whenever one of the texts shows for the first time, its answer is typed. */
export function talk(
  args: readonly string[],
  answers: readonly (readonly [shows: string, type: string])[],
): Promise<Talk> {
  const quoted = [process.execPath, BIN, ...args, '--today', TODAY].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const { FORCE_COLOR: _color, ...env } = process.env;
  const child = spawn('script', ['-qec', quoted.join(' '), '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [...answers];
  let screen = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`nothing more happened after: ${screen.slice(-300)}`));
    }, 60_000);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      // eslint-disable-next-line no-control-regex -- what terminals are steered by
      screen += text.replace(/\u001b\[[\d;?]*[a-zA-Z]|\r/g, '');
      const [next] = waiting;
      if (next !== undefined && screen.includes(next[0])) {
        waiting.shift();
        child.stdin.write(next[1]);
      }
    });
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(late);
      resolve({ status, screen });
    });
  });
}
