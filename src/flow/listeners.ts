/** Who listens to the console where it is called: what a monitor's configuration takes of its own accord. */
import type { Listener } from '../knowledge/model.js';
import type { FileEntry, Program } from './program.js';
import type { ConfigEffect, Egress } from './summary.js';

/** A listener that may hear a call, with the configuration that set it up and the others of its product. */
export interface Listening {
  readonly listener: Listener;
  readonly config: ConfigEffect;
  readonly beside: readonly ConfigEffect[];
}

/** Files that a framework or a command line loads before the program, without an import in it. */
const LOADED_FIRST = /(^|\/)(instrument(ation)?([-.](client|server|node|edge))?|hooks\.(client|server))\.[cm]?[jt]sx?$/;

/** Files that a framework runs: where a package has any, those are what it loads such a file for. */
const OF_FRAMEWORK = /(^|\/)(app|pages|routes)\/|(^|\/)(middleware|proxy)\.[cm]?[jt]s$/;

export class Listeners {
  private readonly above = new Map<number, ReadonlySet<number>>();
  private importers: Map<number, number[]> | null = null;

  /** `packageOf` names the package that a file belongs to. */
  constructor(
    private readonly program: Program,
    private readonly configs: () => Iterable<ConfigEffect>,
    private readonly packageOf: (path: string) => string | null,
  ) {}

  /** Those that run in one program with the call, whatever their options say. */
  at(egress: Egress): readonly Listening[] {
    const file = this.program.fns[egress.out.fn]!.file;
    const all = [...this.configs()];
    const out: Listening[] = [];
    for (const config of all) {
      const own = this.program.fns[config.spot.fn]!.file;
      if (config.point?.listens === undefined || own.role === 'test') continue;
      const beside = all.filter((other) => other !== config && other.point?.product === config.point!.product);
      const siblings = beside.filter(({ spot }) => this.areSiblings(this.program.fns[spot.fn]!.file, own));
      for (const listener of config.point.listens)
        if (this.runsWith(listener, own, file)) out.push({ listener, config, beside: siblings });
    }
    return out;
  }

  private areSiblings(a: FileEntry, b: FileEntry): boolean {
    return this.packageOf(a.path) === this.packageOf(b.path);
  }

  /** Whether some file imports both, be it over others; or the one is loaded before what the other is part of. */
  private runsWith({ loaded }: Listener, config: FileEntry, call: FileEntry): boolean {
    const above = this.importing(config.index);
    for (const file of this.importing(call.index)) if (above.has(file)) return true;
    const first = loaded === undefined ? null : new RegExp(loaded);
    const isFirst = (path: string): boolean => LOADED_FIRST.test(path) || first?.test(path) === true;
    // Where the program imports it, it is a part of that program like any other.
    if (![...above].every((file) => isFirst(this.program.files[file]!.path))) return false;
    if (!this.areSiblings(config, call)) return false;
    const run = this.program.files.filter((file) => OF_FRAMEWORK.test(file.path) && this.areSiblings(file, config));
    return run.length === 0 || run.some(({ index }) => this.importing(call.index).has(index));
  }

  /** A file with all that import it, directly or not. */
  private importing(file: number): ReadonlySet<number> {
    const known = this.above.get(file);
    if (known !== undefined) return known;
    this.importers ??= importersOf(this.program);
    const found = new Set([file]);
    for (const each of found) for (const importer of this.importers.get(each) ?? []) found.add(importer);
    this.above.set(file, found);
    return found;
  }
}

function importersOf(program: Program): Map<number, number[]> {
  const out = new Map<number, number[]>();
  for (const file of program.files) {
    if (file.role === 'test') continue;
    for (const target of program.imported(file)) {
      const list = out.get(target);
      if (list) list.push(file.index);
      else out.set(target, [file.index]);
    }
  }
  return out;
}
