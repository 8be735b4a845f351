/** Stores that AWS CDK code declares, read from the constructs that it makes. */
import type { Store, StoreKind } from '../../workspace/stores/store.js';
import type { Span } from '../../facts/ir.js';
import type { PolicyInput } from '../input.js';
import { propertyNames, propertyOf, propertyText, textOf } from './constants.js';
import { listingOf, type CallInstr, type Listed } from './listing.js';

export interface CdkStore {
  readonly store: Store;
  readonly file: string;
  /** The construct's call. */
  readonly span: Span;
  readonly fn: string;
}

interface Construct {
  readonly kind: StoreKind;
  readonly service: string;
  readonly name: string;
  readonly expires: (fn: Listed, call: CallInstr) => Store['expires'];
}

const BUCKET: Construct = { kind: 'bucket', service: 's3', name: 'bucketName', expires: bucket };
const TABLE: Construct = { kind: 'table', service: 'dynamodb', name: 'tableName', expires: table };

/** By module, of version 2 and 1, and by the namespaces of the umbrella package. The default of a log group is two years. */
const CONSTRUCTS: Readonly<Record<string, Construct>> = {
  'aws-cdk-lib/aws-s3#Bucket': BUCKET,
  'aws-cdk-lib#aws_s3.Bucket': BUCKET,
  '@aws-cdk/aws-s3#Bucket': BUCKET,
  'aws-cdk-lib/aws-dynamodb#Table': TABLE,
  'aws-cdk-lib/aws-dynamodb#TableV2': TABLE,
  'aws-cdk-lib#aws_dynamodb.Table': TABLE,
  'aws-cdk-lib#aws_dynamodb.TableV2': TABLE,
  '@aws-cdk/aws-dynamodb#Table': TABLE,
};

export function cdkStores(input: PolicyInput): readonly CdkStore[] {
  const files = new Set(
    input.workspace.code.flatMap(({ path, role }) => {
      const usesCdk = input.facts(path)?.imports.some((i) => /^(?:aws-cdk-lib|@aws-cdk\/)/.test(i.specifier)) === true;
      return usesCdk && role !== 'test' ? [path] : [];
    }),
  );
  if (files.size === 0) return [];
  const code = listingOf(input);
  const found: CdkStore[] = [];
  for (const fn of code.all()) {
    if (!files.has(fn.file)) continue;
    for (const { call } of fn.calls) {
      if (call.kind !== 'new') continue;
      const name = code.nameOf(fn, call.f) ?? '';
      const construct = Object.hasOwn(CONSTRUCTS, name) ? CONSTRUCTS[name] : undefined;
      if (construct === undefined) continue;
      const [, id, props] = call.args;
      found.push({
        file: fn.file,
        span: call.span,
        fn: fn.facts.name,
        store: {
          ...{ kind: construct.kind, vendor: 'aws', service: construct.service },
          label: id === undefined ? '' : (textOf(fn, id.v) ?? ''),
          name: props === undefined ? null : propertyText(fn, props.v, construct.name),
          ...{ file: fn.file, line: input.position(fn.file, call.span[0]).line },
          expires: construct.expires(fn, call),
        },
      });
    }
  }
  return found;
}

function bucket(fn: Listed, call: CallInstr): Store['expires'] {
  // `bucket.addLifecycleRule(…)`, also of a bucket that went into a field first.
  const added = fn.calls.filter(({ call: other }) => {
    const callee = fn.def(other.f);
    return callee?.op === 'load' && callee.k === 'addLifecycleRule';
  });
  if (added.some(({ call: other }) => other.self === call.d && writes(fn, other, 0, /^expiration(?:Date)?$/)))
    return 'yes';
  const props = call.args[2];
  if (props === undefined) return added.length > 0 ? 'unknown' : 'no';
  const rules = propertyOf(fn, props.v, 'lifecycleRules');
  if (rules !== null && propertyNames(fn, rules).some((k) => /^expiration(?:Date)?$/.test(k))) return 'yes';
  if (added.length > 0 || isOpen(fn, props.v) || (rules !== null && !isWritten(fn, rules))) return 'unknown';
  return 'no';
}

function table(fn: Listed, call: CallInstr): Store['expires'] {
  const props = call.args[2];
  if (props === undefined) return 'no';
  if (propertyOf(fn, props.v, 'timeToLiveAttribute') !== null) return 'yes';
  return isOpen(fn, props.v) ? 'unknown' : 'no';
}

function writes(fn: Listed, call: CallInstr, argument: number, name: RegExp): boolean {
  const arg = call.args[argument];
  return arg !== undefined && propertyNames(fn, arg.v).some((k) => name.test(k));
}

/** Something may stand in it that is not written here. */
function isOpen(fn: Listed, v: number): boolean {
  const def = fn.def(v);
  return def?.op !== 'object' || def.parts.some((part) => 'spread' in part || 'kx' in part);
}

/** A list whose elements all stand here. */
function isWritten(fn: Listed, v: number): boolean {
  const def = fn.def(v);
  return def?.op === 'array' && def.els.every((one) => one.spread !== true && fn.def(one.v)?.op === 'object');
}
