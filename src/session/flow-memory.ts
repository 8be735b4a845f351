/**
 * What came of the code when it was last followed. An edit that changes no instruction and no declaration (a comment, a
 * blank line, another layout) leaves the facts of its file as they were, since their positions are ordinals; then the
 * answer is the last one, and only where things stand is told anew.
 */
import { isDeepStrictEqual } from 'node:util';

interface CodeOfFile {
  readonly path: string;
  readonly role: string;
  readonly facts: object;
}

export class FlowMemory<T> {
  private last: { readonly surroundings: string; readonly files: readonly CodeOfFile[]; readonly result: T } | null =
    null;
  /** How often the code was followed. */
  computed = 0;

  /** `surroundings` stands for all that goes in besides the files. */
  ask(surroundings: string, files: readonly CodeOfFile[], compute: () => T): T {
    const { last } = this;
    if (last?.surroundings === surroundings && areSame(last.files, files)) {
      this.last = { ...last, files };
      return last.result;
    }
    this.last = null;
    this.computed += 1;
    const result = compute();
    this.last = { surroundings, files, result };
    return result;
  }
}

function areSame(old: readonly CodeOfFile[], now: readonly CodeOfFile[]): boolean {
  return (
    old.length === now.length &&
    // Names first: comparing facts takes longer.
    now.every(({ path, role }, i) => old[i]!.path === path && old[i]!.role === role) &&
    now.every(({ facts }, i) => facts === old[i]!.facts || isDeepStrictEqual(facts, old[i]!.facts))
  );
}
