/** Stores that Terraform files declare. The files of one folder are one module and speak of each other. */
import { type HclBlock, literal, parseHcl } from './hcl.js';
import type { Store } from './store.js';

type Read = (block: HclBlock, module: readonly HclBlock[]) => Store['expires'];

const KINDS: Readonly<
  Record<string, Pick<Store, 'kind' | 'vendor' | 'service'> & { readonly name: string; readonly expires: Read }>
> = {
  aws_s3_bucket: { kind: 'bucket', vendor: 'aws', service: 's3', name: 'bucket', expires: s3Bucket },
  aws_dynamodb_table: {
    ...{ kind: 'table', vendor: 'aws', service: 'dynamodb', name: 'name' },
    expires: (block) => any(block.blocks.filter((b) => b.type === 'ttl').map((b) => on(b.attributes.get('enabled')))),
  },
  aws_cloudwatch_log_group: {
    ...{ kind: 'log-group', vendor: 'aws', service: 'cloudwatch-logs', name: 'name' },
    expires: (block) => {
      const days = block.attributes.get('retention_in_days');
      if (days === undefined || literal(days) === '0') return 'no';
      return literal(days) === null ? 'unknown' : 'yes';
    },
  },
  google_storage_bucket: {
    ...{ kind: 'bucket', vendor: 'google-cloud', service: 'storage', name: 'name' },
    expires: (block) =>
      any(
        rules(block, 'lifecycle_rule').map((rule) => {
          const action = rule.blocks.find((b) => b.type === 'action')?.attributes.get('type');
          return literal(action) === 'Delete'
            ? 'yes'
            : action !== undefined && literal(action) === null
              ? 'unknown'
              : 'no';
        }),
        dynamic(block, 'lifecycle_rule'),
      ),
  },
};

/** By path and text. */
export function terraformStores(files: readonly (readonly [path: string, text: string])[]): Store[] {
  const parsed = files.flatMap(([path, text]) => {
    const blocks = parseHcl(text);
    return blocks === null ? [] : [{ path, folder: path.replace(/[^/]*$/, ''), blocks }];
  });
  return parsed.flatMap(({ path, folder, blocks }) => {
    const module = parsed.filter((other) => other.folder === folder).flatMap((other) => other.blocks);
    return blocks.flatMap((block): Store[] => {
      const [type = '', label = ''] = block.labels;
      const known = block.type === 'resource' && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
      if (known === undefined) return [];
      const { kind, vendor, service } = known;
      const name = named(block.attributes.get(known.name));
      return [
        { kind, vendor, service, label, name, file: path, line: block.line, expires: known.expires(block, module) },
      ];
    });
  });
}

/** Rules stood in the bucket once; since version 4 of the provider they are a resource that names it. */
function s3Bucket(block: HclBlock, module: readonly HclBlock[]): Store['expires'] {
  const label = block.labels[1] ?? '';
  const name = literal(block.attributes.get('bucket'));
  const configurations = module.filter(
    (one) => one.type === 'resource' && one.labels[0] === 'aws_s3_bucket_lifecycle_configuration',
  );
  const bucketOf = (one: HclBlock): string => one.attributes.get('bucket') ?? '';
  const own = configurations.filter((one) => {
    const named = [...bucketOf(one).matchAll(/\baws_s3_bucket\.([\p{L}_][\p{L}\p{N}_-]*)/gu)].map(([, of]) => of);
    return named.includes(label) || (name !== null && literal(bucketOf(one)) === name);
  });
  // One that names its bucket through a variable may mean this one.
  const elsewhere = configurations.some(
    (one) => literal(bucketOf(one)) === null && !/\baws_s3_bucket\./.test(bucketOf(one)),
  );
  return any(
    rules(block, 'lifecycle_rule').map((rule) => both(on(rule.attributes.get('enabled')), expiring(rule))),
    dynamic(block, 'lifecycle_rule'),
    elsewhere ? 'unknown' : 'no',
    ...own.map((one) =>
      any(
        rules(one, 'rule').map((rule) => both(enabled(rule.attributes.get('status')), expiring(rule))),
        dynamic(one, 'rule'),
      ),
    ),
  );
}

/** The name as it is written, with what is put in left out. */
function named(expression: string | undefined): string | null {
  const text = /^"(.*)"$/s.exec(expression ?? '')?.[1];
  return text === undefined ? null : text.replace(/[$%]\{[^}]*\}/g, '…');
}

/** A rule that only moves objects to a cheaper place, or only drops old versions, lets nothing expire. */
function expiring(rule: HclBlock): Store['expires'] {
  const expiration = rule.blocks.find((b) => b.type === 'expiration');
  if (expiration === undefined) return dynamic(rule, 'expiration');
  return expiration.attributes.has('days') || expiration.attributes.has('date') ? 'yes' : 'no';
}

function rules(block: HclBlock, type: string): readonly HclBlock[] {
  return block.blocks.filter((b) => b.type === type);
}

/** Blocks that a loop writes are there, whatever they say. */
function dynamic(block: HclBlock, type: string): Store['expires'] {
  return block.blocks.some((b) => b.type === 'dynamic' && b.labels[0] === type) ? 'unknown' : 'no';
}

function on(expression: string | undefined): Store['expires'] {
  const text = literal(expression);
  if (expression !== undefined && text === null) return 'unknown';
  return text === 'true' ? 'yes' : 'no';
}

function enabled(expression: string | undefined): Store['expires'] {
  const text = literal(expression);
  if (expression !== undefined && text === null) return 'unknown';
  return text === 'Enabled' ? 'yes' : 'no';
}

function any(answers: readonly Store['expires'][], ...more: readonly Store['expires'][]): Store['expires'] {
  const all = [...answers, ...more];
  return all.includes('yes') ? 'yes' : all.includes('unknown') ? 'unknown' : 'no';
}

function both(a: Store['expires'], b: Store['expires']): Store['expires'] {
  return a === 'no' || b === 'no' ? 'no' : a === 'unknown' || b === 'unknown' ? 'unknown' : 'yes';
}
