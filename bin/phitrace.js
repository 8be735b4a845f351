#!/usr/bin/env node
import { existsSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import v8 from 'node:v8';

// A run lasts seconds, and most functions of the engine are warm for a moment only: with the default, compiling them in
// the background takes a third of all processor time. Known to V8 11 to 13 (Node 20 to 24); newer ones keep their default.
if (/^1[1-3]\./.test(process.versions.v8)) v8.setFlagsFromString('--interrupt-budget=500000');

if (existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
  await import('../dist/cli/main.js');
} else {
  process.stderr.write('phitrace: dist/ is missing; run `npm run build` first\n');
  process.exitCode = 2;
}
