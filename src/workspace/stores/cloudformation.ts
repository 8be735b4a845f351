/** Stores that a CloudFormation template declares; SAM and the Serverless framework hold the same resources. */
import { child, type ConfigEntry, type ConfigNode, entriesOf, textOf } from '../config-tree.js';
import type { Store } from './store.js';

const KINDS: Readonly<
  Record<
    string,
    Pick<Store, 'kind' | 'service'> & {
      readonly name: string;
      readonly expires: (properties: ConfigNode | null) => Store['expires'];
    }
  >
> = {
  'AWS::S3::Bucket': { kind: 'bucket', service: 's3', name: 'BucketName', expires: bucket },
  'AWS::DynamoDB::Table': { kind: 'table', service: 'dynamodb', name: 'TableName', expires: table },
  'AWS::DynamoDB::GlobalTable': { kind: 'table', service: 'dynamodb', name: 'TableName', expires: table },
  'AWS::Logs::LogGroup': {
    ...{ kind: 'log-group', service: 'cloudwatch-logs', name: 'LogGroupName' },
    expires: (properties) => (child(properties, 'RetentionInDays') === null ? 'no' : 'yes'),
  },
};

const MAX_DEPTH = 8;

/** The resources of a file, wherever they hang: `Resources`, `resources.Resources`, lists of them. */
export function cloudFormationStores(path: string, documents: readonly ConfigNode[]): Store[] {
  return documents.flatMap((document) => within(path, document, 0));
}

function within(path: string, node: ConfigNode, depth: number): Store[] {
  if (depth > MAX_DEPTH) return [];
  if (node.kind === 'list') return node.items.flatMap((item) => within(path, item, depth + 1));
  return entriesOf(node).flatMap((entry) => {
    const store = resource(path, entry);
    return store === null ? within(path, entry.value, depth + 1) : [store];
  });
}

function resource(file: string, { key, line, value }: ConfigEntry): Store | null {
  const type = textOf(child(value, 'Type')) ?? '';
  const known = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (known === undefined) return null;
  const { kind, service } = known;
  const properties = child(value, 'Properties');
  const name = textOf(child(properties, known.name));
  return { kind, vendor: 'aws', service, label: key, name, file, line, expires: known.expires(properties) };
}

/** A rule that only moves objects to a cheaper place, or only drops old versions, lets nothing expire. */
function bucket(properties: ConfigNode | null): Store['expires'] {
  const lifecycle = child(properties, 'LifecycleConfiguration');
  if (lifecycle === null) return 'no';
  const rules = child(lifecycle, 'Rules');
  // `Fn::If` and the like are not evaluated.
  if (rules?.kind !== 'list') return 'unknown';
  const answers = rules.items.map((rule): Store['expires'] => {
    if (rule.kind !== 'map' || rule.entries.some((e) => e.key.startsWith('Fn::'))) return 'unknown';
    const expiry = child(rule, 'ExpirationInDays') ?? child(rule, 'ExpirationDate');
    const status = textOf(child(rule, 'Status'));
    if (expiry === null) return 'no';
    return status === 'Enabled' ? 'yes' : status === 'Disabled' ? 'no' : 'unknown';
  });
  return answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
}

function table(properties: ConfigNode | null): Store['expires'] {
  const ttl = child(properties, 'TimeToLiveSpecification');
  if (ttl === null) return 'no';
  const enabled = textOf(child(ttl, 'Enabled'));
  return enabled === 'true' ? 'yes' : enabled === 'false' ? 'no' : 'unknown';
}
