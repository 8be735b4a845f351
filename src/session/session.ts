/**
 * One folder, analysed again and again while it is being edited. Between two looks only what has changed is read and
 * lowered; if nothing has, the last result is the answer. What it says is what a fresh `analyze` of the same texts says.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Analysis, AnalyzeOptions } from '../analysis.js';
import { analyzeSync, type Means } from '../analyze.js';
import { dateOf, type InputFiles } from '../inputs.js';
import { findConfig, findManifest } from '../manifest/find.js';
import type { DeidentifierDecl } from '../manifest/types.js';
import { overlaySource } from '../workspace/overlay-source.js';
import { FactsStore } from './facts-store.js';
import { FlowMemory } from './flow-memory.js';
import { KnownFiles, type StampedSource, stampOf } from './stamped-source.js';

export interface Look {
  /** Null where `failure` says why. */
  readonly analysis: Analysis | null;
  /** What was thrown: a mistake in manifest or configuration, or an error of ours. */
  readonly failure: Error | null;
  readonly deidentifiers: readonly DeidentifierDecl[];
  /** Path of the manifest, absolute, or null. */
  readonly manifestPath: string | null;
}

type FollowedFlow = ReturnType<NonNullable<Means['flow']>>;

/** An unsaved text, and the stamp of the file that it lies over (null: there is no file). */
interface Buffered {
  readonly text: string;
  readonly over: string | null;
}

export interface SessionOptions extends Omit<AnalyzeOptions, 'onProgress'> {
  /** Milliseconds; default: the clock. */
  readonly now?: () => number;
  /** Asked before an analysis of what is on disk, told afterwards; the key stands for all that goes in. */
  readonly shared?: SharedLooks;
}

/** Results that other threads and processes have. */
export interface SharedLooks {
  get(key: string, compute: () => Look): Look;
}

/** The disk is not looked at more often than this, and at most a tenth of the time is spent on looking. */
const PATIENCE_MS = 300;
const SHARE = 10;
const MAX_COST_MS = 1000;
/** Editors tell of no closed file: buffers beyond this many are forgotten, oldest first. */
const MAX_BUFFERS = 32;

export class Session {
  private readonly root: string;
  private readonly known: KnownFiles;
  private readonly facts = new FactsStore();
  private readonly flows = new FlowMemory<FollowedFlow>();
  private readonly buffers = new Map<string, Buffered>();
  private readonly inputs = new RecordedInputs();
  private last: { readonly signature: string; readonly look: Look } | null = null;
  private disk: StampedSource | null = null;
  private nextLook = 0;
  /** How many analyses were made. */
  analyses = 0;

  constructor(private readonly options: SessionOptions) {
    this.root = resolve(options.dir);
    this.known = new KnownFiles(this.root);
  }

  /** Files that were lowered in all analyses together. */
  get lowered(): number {
    return this.facts.count;
  }

  /** How often the code was followed; less than `analyses`, where only comments and layout were edited. */
  get followed(): number {
    return this.flows.computed;
  }

  /**
   * What holds now, with `text` (if there is one) lying over the file. The path is relative to the folder, with `/`.
   * Throws nothing: what went wrong is in the answer.
   */
  look(path: string | null = null, text: string | null = null): Look {
    const now = this.options.now ?? Date.now;
    const isNews = path !== null && text !== null && this.shown(path) !== text;
    if (this.last !== null && !isNews && now() < this.nextLook) return this.last.look;
    try {
      const started = now();
      const disk = this.known.look();
      this.disk = disk;
      this.keepBuffers(disk, path, text);
      this.inputs.prime(this.root, this.options);
      const signature = this.signature(disk);
      const cost = now() - started;
      if (this.last?.signature !== signature) {
        const look = this.compute(disk, signature);
        // A rule pack that was first seen in this run is part of the signature from now on.
        this.last = { signature: this.signature(disk), look };
      }
      this.nextLook = now() + Math.max(PATIENCE_MS, SHARE * Math.min(cost, MAX_COST_MS));
      return this.last.look;
    } catch (error) {
      this.last = null;
      return failed(error);
    }
  }

  /** The text that the last look took a file to have. */
  private shown(path: string): string | null {
    return this.buffers.get(path)?.text ?? this.disk?.read(path) ?? null;
  }

  private keepBuffers(disk: StampedSource, path: string | null, text: string | null): void {
    // A file that was saved, replaced or deleted since is what the disk says.
    for (const [name, buffer] of this.buffers) if (disk.stamp(name) !== buffer.over) this.buffers.delete(name);
    if (path === null || text === null) return;
    this.buffers.delete(path);
    const isLeftOut = !disk.has(path) && stampOf(join(this.root, path)) !== null;
    if (!isLeftOut && disk.read(path) !== text) this.buffers.set(path, { text, over: disk.stamp(path) });
    for (const oldest of this.buffers.keys()) {
      if (this.buffers.size <= MAX_BUFFERS) break;
      this.buffers.delete(oldest);
    }
  }

  private compute(disk: StampedSource, signature: string): Look {
    const { shared } = this.options;
    // Rule packs may stand anywhere, so the key would not stand for them.
    if (shared === undefined || this.buffers.size > 0 || this.inputs.mayHavePacks()) return this.analyse(disk);
    return shared.get(signature, () => this.analyse(disk));
  }

  private analyse(disk: StampedSource): Look {
    this.analyses += 1;
    const { now: _now, shared: _shared, ...options } = this.options;
    let deidentifiers: readonly DeidentifierDecl[] = [];
    let manifestPath: string | null = null;
    const source = overlaySource(disk, new Map([...this.buffers].map(([path, { text }]) => [path, text])));
    try {
      const { analysis } = analyzeSync(options, {
        source,
        inputs: this.inputs,
        lower: this.facts.lower,
        flow: (files, compute) => {
          const code = new Set(files.map(({ path }) => path));
          return this.flows.ask(this.surroundings(disk, source.list(), code), files, compute);
        },
        onInputs: (inputs) => {
          deidentifiers = inputs.manifest.deidentifiers;
          manifestPath = inputs.manifestPath;
        },
      });
      return { analysis, failure: null, deidentifiers, manifestPath };
    } catch (error) {
      return failed(error);
    } finally {
      this.facts.settle();
    }
  }

  /** Stands for all that an analysis depends on. */
  private signature(disk: StampedSource): string {
    const hash = createHash('sha256');
    hash.update(this.asked());
    hash.update(disk.signature());
    for (const [path, { text }] of this.buffers) hash.update(`\0${path}\0${text}`);
    hash.update(this.inputs.signature());
    return hash.digest('hex');
  }

  /** Stands for all that following the code depends on besides the facts of these files. */
  private surroundings(disk: StampedSource, listing: readonly string[], code: ReadonlySet<string>): string {
    const hash = createHash('sha256');
    hash.update(this.asked());
    hash.update(disk.signature((path) => !code.has(path)));
    for (const path of listing) hash.update(`\0${path}`);
    for (const [path, { text }] of this.buffers) if (!code.has(path)) hash.update(`\0${path}\0${text}`);
    hash.update(this.inputs.signature());
    return hash.digest('hex');
  }

  private asked(): string {
    const { manifest, config, profile, rules } = this.options;
    return JSON.stringify([this.root, process.cwd(), manifest, config, profile, rules, dateOf(this.options)]);
  }
}

function failed(error: unknown): Look {
  const failure = error instanceof Error ? error : new Error(String(error));
  return { analysis: null, failure, deidentifiers: [], manifestPath: null };
}

/** The disk, remembering which inputs were asked for. */
class RecordedInputs implements InputFiles {
  private asked = new Set<string>();
  private config: string | null = null;

  isFile(path: string): boolean {
    this.asked.add(path);
    return stampOf(path) !== null;
  }

  read(path: string): string {
    this.asked.add(path);
    return readFileSync(path, 'utf8');
  }

  /** Asks for what every analysis asks for first; whatever was asked for later in the last one stays. */
  prime(root: string, options: Pick<AnalyzeOptions, 'manifest' | 'config'>): void {
    for (const path of [options.manifest, options.config]) if (path !== undefined) this.isFile(resolve(path));
    this.config = options.config ?? findConfig(root, (path) => this.isFile(path));
    findManifest(root, (path) => this.isFile(path));
  }

  mayHavePacks(): boolean {
    if (this.config === null) return false;
    try {
      return readFileSync(this.config, 'utf8').includes('packs');
    } catch {
      return true;
    }
  }

  signature(): string {
    return [...this.asked]
      .sort()
      .map((path) => `${path}\0${stampOf(path)?.text ?? ''}`)
      .join('\0');
  }
}
