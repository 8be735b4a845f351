/** `--format github`: workflow commands that annotate the lines of a pull request. */
import type { Analysis, Severity } from '../analysis.js';
import { printable } from './escape.js';
import { active, fromCwd, stepLine } from './places.js';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

export function renderGithub(analysis: Analysis): string {
  return active(analysis)
    .map((f) => {
      const properties = {
        file: fromCwd(analysis, f.file),
        line: f.line,
        endLine: f.endLine,
        col: f.column,
        endColumn: f.endColumn,
        title: f.ruleId,
      };
      const list = Object.entries(properties).map(([key, value]) => `${key}=${property(printable(String(value)))}`);
      const body = [printable(f.message), ...f.path.map((s) => stepLine(analysis, s)), printable(f.help)];
      return `::${COMMANDS[f.severity]} ${list.join(',')}::${data(body.filter((line) => line !== '').join('\n'))}\n`;
    })
    .join('');
}

const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
