import { mkdirSync, writeFileSync } from 'node:fs';
import { readRules } from './load.js';
import { COMPILED_RULES, compiledFile, shippedRules } from './shipped.js';

/** A step of the build: checks rules/ and leaves them in dist/rules.json.gz, where they load fast. */
const rules = shippedRules();
const packed = compiledFile(rules, readRules(rules));
mkdirSync(new URL('.', COMPILED_RULES), { recursive: true });
writeFileSync(COMPILED_RULES, packed);
