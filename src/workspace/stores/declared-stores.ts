/** Every store that the infrastructure files of a folder declare. Files are parsed, never run; what cannot be parsed is left. */
import { ConfigSyntaxError, type ConfigNode } from '../config-tree.js';
import { infrastructureKind } from '../infrastructure.js';
import { parseJsonc } from '../jsonc.js';
import { extensionOf } from '../paths.js';
import { parseYaml } from '../yaml-tree.js';
import { cloudFormationStores } from './cloudformation.js';
import type { Store } from './store.js';
import { terraformStores } from './terraform.js';

/** Nobody writes a template of this size by hand. */
const MAX_TEXT = 1 << 20;
const DECLARES = /AWS::(?:S3::Bucket|DynamoDB::\w*Table|Logs::LogGroup)\b/;

export function declaredStores(paths: readonly string[], read: (path: string) => string | null): readonly Store[] {
  const texts = (wanted: (path: string) => boolean): [string, string][] =>
    paths.filter(wanted).flatMap((path): [string, string][] => {
      const text = read(path);
      return text === null || text.length > MAX_TEXT ? [] : [[path, text]];
    });
  const templates = texts(mayBeTemplate).filter(([, text]) => DECLARES.test(text));
  return [
    ...templates.flatMap(([path, text]) => cloudFormationStores(path, documentsOf(path, text))),
    ...terraformStores(texts((path) => path.endsWith('.tf'))),
  ];
}

/** YAML may be a template whatever its name; JSON only by its name, for data files stay closed. */
function mayBeTemplate(path: string): boolean {
  const kind = infrastructureKind(path);
  if (kind === 'lockfile' || kind === 'ci') return false;
  if (extensionOf(path) === '.json') return kind === 'cloudformation' || kind === 'serverless';
  return /\.(?:ya?ml|template)$/.test(path);
}

function documentsOf(path: string, text: string): readonly ConfigNode[] {
  try {
    return path.endsWith('.json') || text.trimStart().startsWith('{') ? [parseJsonc(text)] : parseYaml(text);
  } catch (error) {
    if (error instanceof ConfigSyntaxError) return [];
    throw error;
  }
}
