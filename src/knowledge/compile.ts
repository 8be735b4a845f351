import { mkdirSync, writeFileSync } from 'node:fs';
import { readRules } from './load.js';
import { COMPILED_RULES, compiledText, shippedRules } from './shipped.js';

/** A step of the build: checks rules/ and leaves them in dist/rules.json, where they load fast. */
const rules = shippedRules();
const text = compiledText(rules, readRules(rules));
mkdirSync(new URL('.', COMPILED_RULES), { recursive: true });
writeFileSync(COMPILED_RULES, text);
