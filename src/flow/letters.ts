/** Safe Harbor letters as a bit set: A is bit 0. */
import { LETTERS, type Letter } from '../knowledge/phi.js';

export function letterBit(letter: Letter): number {
  return 1 << LETTERS.indexOf(letter);
}

export function lettersIn(bits: number): Letter[] {
  return LETTERS.filter((l) => (bits & letterBit(l)) !== 0);
}
