/** The work tree, read once: a file is read again only when its stamp (time, size, inode) has changed. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { diskSource } from '../workspace/disk-source.js';
import { HEAD_BYTES } from '../workspace/sniff.js';
import type { FileProbe, FileSource, Unanalysed } from '../workspace/types.js';

/** Larger files are neither kept nor hashed: their stamp stands for what is in them. */
const MAX_KEPT = 2 << 20;

interface Kept {
  readonly stamp: string;
  readonly bytes: number;
  /** Null: too large to keep, or unreadable. */
  readonly head: Uint8Array | null;
  /** Of the content; the stamp where the content is too large. */
  readonly hash: string;
  /** Decoded when it is first asked for. */
  text: string | null;
}

/** What outlives one look at the disk. */
export class KnownFiles {
  private kept = new Map<string, Kept>();

  constructor(private readonly root: string) {}

  /** Looks at the disk anew. The source that comes back shows the disk as it was at this moment. */
  look(): StampedSource {
    const disk = diskSource(this.root);
    const fresh = new Map<string, Kept>();
    for (const path of disk.list()) {
      const kept = this.one(path);
      if (kept !== null) fresh.set(path, kept);
    }
    this.kept = fresh;
    return new StampedSource(disk, fresh);
  }

  private one(path: string): Kept | null {
    const file = join(this.root, path);
    const stamp = stampOf(file);
    if (stamp === null) return null;
    const known = this.kept.get(path);
    if (known?.stamp === stamp.text) return known;
    const unkept: Kept = { stamp: stamp.text, bytes: stamp.bytes, head: null, hash: stamp.text, text: null };
    if (stamp.bytes > MAX_KEPT) return unkept;
    try {
      const bytes = readFileSync(file);
      const hash = createHash('sha1').update(bytes).digest('hex');
      if (known?.hash === hash) return { ...known, stamp: stamp.text };
      return { ...unkept, bytes: bytes.length, head: Uint8Array.from(bytes.subarray(0, HEAD_BYTES)), hash };
    } catch {
      return unkept;
    }
  }
}

/** Null if there is no such file. */
export function stampOf(file: string): { readonly text: string; readonly bytes: number } | null {
  try {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
    if (stat?.isFile() !== true) return null;
    return { text: `${stat.mtimeNs}:${stat.ctimeNs}:${stat.size}:${stat.ino}`, bytes: Number(stat.size) };
  } catch {
    return null;
  }
}

export class StampedSource implements FileSource {
  constructor(
    private readonly disk: FileSource,
    private readonly kept: ReadonlyMap<string, Kept>,
  ) {}

  list(): readonly string[] {
    return this.disk.list();
  }

  has(path: string): boolean {
    return this.kept.has(path);
  }

  stamp(path: string): string | null {
    return this.kept.get(path)?.stamp ?? null;
  }

  read(path: string): string | null {
    const kept = this.kept.get(path);
    if (kept === undefined || kept.head === null) return this.disk.read(path);
    return (kept.text ??= this.disk.read(path));
  }

  probe(path: string, headBytes: number): FileProbe | null {
    const kept = this.kept.get(path);
    if (kept === undefined || kept.head === null || headBytes > HEAD_BYTES)
      return this.disk.probe?.(path, headBytes) ?? null;
    return { bytes: kept.bytes, head: kept.head.subarray(0, headBytes) };
  }

  ignored(path: string): boolean {
    return this.disk.ignored?.(path) ?? false;
  }

  links(): ReadonlyMap<string, string> {
    return this.disk.links?.() ?? new Map<string, string>();
  }

  problems(): readonly Unanalysed[] {
    return this.disk.problems?.() ?? [];
  }

  /** Stands for the names of all files, and for the contents of those that matter. */
  signature(matters: (path: string) => boolean = () => true): string {
    const hash = createHash('sha256');
    for (const path of this.list()) hash.update(`${path}\0${matters(path) ? (this.kept.get(path)?.hash ?? '') : ''}\0`);
    for (const [link, target] of this.links()) hash.update(`${link}\0${target}\0`);
    for (const problem of this.problems()) hash.update(`${problem.path}\0${problem.reason}\0`);
    return hash.digest('hex');
  }
}
