/** Checks a YAML document against one of our published schemas and says in plain words what is wrong, and where. */
import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { isDate } from './dates.js';
import type { Key, YamlText } from './document.js';
import { shown, suggestion } from './words.js';

const HOST = /^(?:\*\.)?(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const FUNCTION = /^[^#\s][^#]*#[\w$]+(?:\.[\w$]+)*$/;
const RETENTION = /^(?:zero|unlimited|[1-9]\d{0,4}d)$/;

const FORMATS = {
  date: isDate,
  'host-suffix': isHostSuffix,
  'function-reference': (text: string) => FUNCTION.test(text),
  retention: (text: string) => RETENTION.test(text),
};

/** Whether `hosts:` of the manifest takes it. */
export function isHostSuffix(text: string): boolean {
  return text.length <= 253 && HOST.test(text);
}

const FORMAT_HELP: Readonly<Record<string, string>> = {
  date: 'is no date: write YYYY-MM-DD, like 2026-03-31',
  'host-suffix': 'is no host name: write it without scheme and path, like api.example.com or *.example.com',
  'function-reference': 'names no function: write path#name, path#Class.method or package#name',
  retention: 'is no retention: write zero, unlimited or days such as 30d',
};

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'keys and values',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'nothing',
};

const compiled = new Map<string, ValidateFunction>();

/** Reads `schemas/<name>.schema.json` of this package. */
export function schemaOf(name: string): AnySchemaObject {
  const url = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
}

function validator(name: string): ValidateFunction {
  let validate = compiled.get(name);
  if (!validate) {
    validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, formats: FORMATS }).compile(
      schemaOf(name),
    );
    compiled.set(name, validate);
  }
  return validate;
}

/** Reports every departure from the schema to the document; true if there was none. */
export function checkShape(document: YamlText, schema: string): boolean {
  const validate = validator(schema);
  if (validate(document.value)) return true;
  for (const error of validate.errors ?? []) explain(document, error);
  return false;
}

function explain(document: YamlText, error: ErrorObject): void {
  const path = pathOf(error.instancePath, document.value);
  const params = error.params as Readonly<Record<string, unknown>>;
  const value = { path, at: 'value' } as const;
  const found: unknown = error.data;
  const parent = error.parentSchema as AnySchemaObject | undefined;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys((parent?.['properties'] as object | undefined) ?? {});
      document.report({ path: [...path, key], at: 'key' }, `unknown key ${shown(key)}${suggestion(key, known)}`);
      return;
    }
    case 'required':
      document.report(value, `the key "${String(params['missingProperty'])}" is missing${inside(path)}`);
      return;
    case 'enum': {
      if (error.propertyName !== undefined) {
        const words = (error.schema as unknown[]).map(String);
        const key = error.propertyName;
        document.report({ path: [...path, key], at: 'key' }, `unknown key ${shown(key)}${suggestion(key, words)}`);
        return;
      }
      const words = (error.schema as unknown[]).map(String);
      const list = words.length > 8 ? '' : `; possible: ${words.join(', ')}`;
      document.report(value, `${label(path)} cannot be ${shown(found)}${suggestion(String(found), words)}${list}`);
      return;
    }
    case 'type': {
      // `format`, `pattern` and the like say nothing about other types, so this is the only complaint about the value.
      const wanted = [params['type']]
        .flat()
        .map(String)
        .filter((t) => t !== 'null');
      const word =
        parent?.['pattern'] === '^all$' ? 'a list, or all' : wanted.map((t) => TYPE_WORDS[t] ?? t).join(' or ');
      document.report(value, `${label(path)} must be ${word}, found ${describe(found)}`);
      return;
    }
    case 'pattern':
      document.report(value, `${label(path)} must be a list, or the word all, found ${shown(found)}`);
      return;
    case 'format':
      document.report(value, `${shown(found)} ${FORMAT_HELP[String(params['format'])] ?? 'has the wrong form'}`);
      return;
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      document.report(value, `${label(path)} is empty: give a value or remove the key`);
      return;
    case 'minimum':
      document.report(value, `${label(path)} must be ${String(params['limit'])} or more, found ${shown(found)}`);
      return;
    case 'propertyNames':
      return; // its `enum` has spoken
    default:
      document.report(value, `${label(path)} ${error.message ?? 'is not valid'}`);
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys and values';
  return typeof value === 'string' ? `the text ${shown(value)}` : shown(value);
}

function label(path: readonly Key[]): string {
  const names = path.filter((k): k is string => typeof k === 'string');
  const name = names.at(-1);
  if (name === undefined) return 'the document';
  return typeof path.at(-1) === 'number' ? `an entry of "${name}"` : `"${name}"`;
}

function inside(path: readonly Key[]): string {
  return path.length === 0 ? '' : ` in ${label(path)}`;
}

/** A JSON pointer as keys; numbers where the document has lists. */
function pathOf(pointer: string, root: unknown): Key[] {
  let value = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const text = part.replace(/~1/g, '/').replace(/~0/g, '~');
      const key = Array.isArray(value) ? Number(text) : text;
      value = typeof value === 'object' && value !== null ? (value as Record<Key, unknown>)[key] : undefined;
      return key;
    });
}
