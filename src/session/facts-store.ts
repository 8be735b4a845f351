/** Facts that were lowered before. They are a pure function of text and variant, so the text is the whole key. */
import { lowerFile } from '../facts/lower.js';
import { numbered, type NumberedFacts } from '../facts/numbered.js';
import type { CodeVariant } from '../workspace/types.js';

interface Lowered {
  readonly text: string;
  readonly variant: CodeVariant;
  readonly facts: NumberedFacts;
}

export class FactsStore {
  private lowered = new Map<string, Lowered>();
  private asked = new Map<string, Lowered>();
  /** How many files were lowered since the store was made. */
  count = 0;

  readonly lower = (path: string, text: string, variant: CodeVariant): NumberedFacts => {
    let one = this.lowered.get(path);
    if (one === undefined || one.text !== text || one.variant !== variant) {
      this.count += 1;
      one = { text, variant, facts: numbered(lowerFile(text, variant)) };
    }
    this.asked.set(path, one);
    return one.facts;
  };

  /** After a run: forgets the files that it did not ask for. */
  settle(): void {
    this.lowered = this.asked;
    this.asked = new Map();
  }
}
