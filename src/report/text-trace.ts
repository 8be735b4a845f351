/** The path of a finding as a short numbered trace with code. */
import type { ChalkInstance } from 'chalk';
import type { AnalysisResult, StepJson } from '../analysis.js';
import { printable } from './escape.js';
import { cut } from './layout.js';

/** A path up to this length is told whole; of a longer one, the first and the last steps. */
const WHOLE = 9;
const HEAD = 3;
const TAIL = 5;

interface NumberedStep {
  readonly number: number;
  readonly step: StepJson;
}

export function trace(
  path: readonly StepJson[],
  excerpt: AnalysisResult['excerpt'],
  paint: ChalkInstance,
  width: number,
  whole = false,
): string[] {
  const steps = distinct(path).map((step, i): NumberedStep => ({ number: i + 1, step }));
  const folded = !whole && steps.length > WHOLE;
  const head = folded ? steps.slice(0, HEAD) : steps;
  const tail = folded ? steps.slice(-TAIL) : [];
  const digits = String(steps.length).length;
  const tell = ({ number, step }: NumberedStep): string[] => stepLines(number, digits, step, excerpt, paint, width);
  return [
    `  ${paint.dim('path')}`,
    ...head.flatMap(tell),
    ...(folded ? [`    ${paint.dim(`… ${steps.length - HEAD - TAIL} more steps …`)}`] : []),
    ...tail.flatMap(tell),
  ];
}

/** Steps without immediate repetitions. */
function distinct(path: readonly StepJson[]): readonly StepJson[] {
  return path.filter((step, i) => {
    const before = path[i - 1];
    return !before || before.file !== step.file || before.line !== step.line || before.text !== step.text;
  });
}

function stepLines(
  number: number,
  digits: number,
  step: StepJson,
  excerpt: AnalysisResult['excerpt'],
  paint: ChalkInstance,
  width: number,
): string[] {
  const indent = ' '.repeat(4 + digits + 2);
  const where = `${printable(step.file)}:${step.line}`;
  const text = cut(printable(step.text), Math.max(20, width - indent.length - where.length - 2));
  const place = step.kind === 'step' ? where : paint.cyan(where);
  const said = step.kind === 'sink' ? paint.bold(text) : text;
  const lines = [`    ${paint.dim(`${String(number).padStart(digits)}.`)} ${place}  ${said}`];
  const code = excerpt(step.file, step.line)?.trim();
  if (code && !squeezed(step.text).includes(squeezed(code))) {
    const margin = `${String(step.line).padStart(5)} │ `;
    lines.push(`${indent}${paint.dim(margin)}${cut(printable(code), width - indent.length - margin.length)}`);
  }
  return lines;
}

const squeezed = (text: string): string => text.replace(/\s+/g, '');
