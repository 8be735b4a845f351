/**
 * generated/prisma-client/index.d.ts is what Prisma writes for the schema beside it, with one change: it finds Prisma's
 * runtime in the package instead of in a copy. Whether it still is can be asked wherever Prisma is installed.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, HOME } from './installed.mjs';

const GENERATOR = join(FOLDER, 'node_modules/prisma/build/index.js');
const KEPT = join(HOME, 'generated/prisma-client');
const TYPINGS = 'index.d.ts';
const RUNTIME = [/from '\.\/runtime\/client(\.js)?'/g, "from '@prisma/client/runtime/client'"];

/** Prisma's generator is installed: the only program of an SDK that is ever run here. */
export function canGenerate() {
  return existsSync(GENERATOR);
}

/** The typings that the installed Prisma generates; nothing is fetched. Throws with its words where it fails. */
export function generatePrismaClient() {
  // Within node_modules, since the generator looks for @prisma/client from the schema upwards.
  const folder = mkdtempSync(join(FOLDER, 'node_modules/.prisma-client-'));
  try {
    copyFileSync(join(KEPT, 'schema.prisma'), join(folder, 'schema.prisma'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [GENERATOR, 'generate', '--schema=schema.prisma'], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: '1',
        // It would be downloaded, and generating does not use it: any file that exists is good enough.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      },
    });
    if (status !== 0) throw new Error(`prisma generate failed: ${stdout}${stderr}`);
    return readFileSync(join(folder, TYPINGS), 'utf8').replaceAll(...RUNTIME);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The typings as they are kept. */
export function keptPrismaClient() {
  return readFileSync(join(KEPT, TYPINGS), 'utf8');
}

export function keepPrismaClient(typings) {
  writeFileSync(join(KEPT, TYPINGS), typings);
}
