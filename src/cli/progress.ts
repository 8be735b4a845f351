/** A sign of life on stderr when the work takes longer than a second. */
import { printable } from '../report/escape.js';
import { cut } from '../report/layout.js';
import { columnsOf, type Io } from './io.js';

const PATIENCE_MS = 1000;
const STEP_MS = 100;
const CLEAR = '\r\u001b[2K';

export class Progress {
  private readonly start: number;
  private last = 0;
  private shown = false;

  constructor(private readonly io: Io) {
    this.start = io.now();
  }

  /** On a terminal one line that is rewritten; elsewhere one plain line, once. The work is synchronous: no timer would fire. */
  tell(message: string): void {
    const now = this.io.now();
    if (now - this.start < PATIENCE_MS || now - this.last < STEP_MS) return;
    const { stderr } = this.io;
    if (!stderr.isTTY) {
      if (!this.shown) void stderr.write('phitrace: analysing, this takes a moment\n');
      this.shown = true;
      return;
    }
    this.last = now;
    this.shown = true;
    void stderr.write(CLEAR + cut(`phitrace: ${printable(message)}`, columnsOf(stderr, this.io.env) - 1));
  }

  /** Leaves a clean line behind. */
  async end(): Promise<void> {
    if (this.shown && this.io.stderr.isTTY) await this.io.stderr.write(CLEAR);
  }
}
