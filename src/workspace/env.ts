import { ConfigSyntaxError, child, entriesOf, textOf, type ConfigNode } from './config-tree.js';
import { parseDotenv, type Assignment } from './dotenv.js';
import { envOfDockerfile, envOfTerraform } from './env-text.js';
import { envOfTree, type TreeAssignment } from './env-tree.js';
import { envFileName, environmentOf, environmentOfPath } from './environments.js';
import { infrastructureKind, type InfrastructureKind } from './infrastructure.js';
import { parseJsonc } from './jsonc.js';
import { baseOf, byCodeUnits, dirOf, extensionOf, joinPath } from './paths.js';
import { variablesOfScript } from './scripts.js';
import { parseToml } from './toml.js';
import { isTemplate } from './tsconfig.js';
import type { EnvValue, PackageInfo, Unanalysed } from './types.js';
import { parseYaml } from './yaml-tree.js';

export interface EnvInput {
  /** All listed files, sorted. */
  readonly listing: readonly string[];
  readonly read: (path: string) => string | null;
  readonly ignored: (path: string) => boolean;
  /** Files in test and fixture folders set nothing for the product. */
  readonly isTest: (path: string) => boolean;
  readonly packages: readonly PackageInfo[];
}

interface Ranked extends EnvValue {
  readonly rank: number;
}

const MAX_FILE = 1 << 20;
/** A YAML parser takes seconds for a megabyte of a text that means to be slow. */
const MAX_YAML = 1 << 19;
/** Kinds whose files are environment values by their very name, so that a syntax error in them is a loss. */
const SURE: ReadonlySet<InfrastructureKind> = new Set(['compose', 'serverless', 'platform', 'kubernetes']);
const KUBERNETES =
  /^kind:\s*["']?(?:Deployment|StatefulSet|DaemonSet|Job|CronJob|Pod|Service|ConfigMap|ReplicaSet|Rollout)\b/m;
const CLOUDFORMATION = /AWSTemplateFormatVersion|AWS::(?:Serverless|Lambda|ECS)/;

/**
 * All environment values of the code base, from dotenv files and deployment files. Values are held for folding
 * constants only; nothing here prints them.
 */
export class Environment {
  readonly problems: Unanalysed[] = [];
  private readonly values = new Map<string, Ranked[]>();
  private readonly dotenv = new Map<string, ReadonlyMap<string, string>>();
  private readonly names: readonly string[];

  constructor(private readonly input: EnvInput) {
    for (const path of input.listing) {
      if (input.isTest(path)) continue;
      if (envFileName(path) !== null) this.envFile(path);
      else this.deploymentFile(path);
    }
    for (const info of input.packages) this.scripts(info);
    for (const list of this.values.values()) {
      list.sort(
        (left, right) => left.rank - right.rank || byCodeUnits(left.file, right.file) || left.line - right.line,
      );
    }
    this.names = [...this.values.keys()].sort(byCodeUnits);
  }

  of(name: string): readonly EnvValue[] {
    return this.values.get(name) ?? [];
  }

  all(): readonly string[] {
    return this.names;
  }

  private envFile(path: string, deployment: string | null = null): void {
    const name = envFileName(path);
    const text = this.text(path);
    if (text === null) return;
    const isExample = name?.example === true;
    const origin = isExample ? 'env-example' : deployment !== null ? 'deployment' : 'env-file';
    const environment =
      name?.environment ?? environmentOfPath(deployment ?? '') ?? environmentOfPath(dirOf(path)) ?? null;
    for (const assignment of parseDotenv(text, (other) => this.besides(path, other))) {
      this.add(assignment, path, environment, origin, name?.local === true);
    }
  }

  private deploymentFile(path: string): void {
    const kind = infrastructureKind(path);
    const isYaml = /\.ya?ml$/.test(path);
    if (kind === 'ci' || kind === 'lockfile' || kind === 'package' || kind === 'tsconfig') return;
    if (kind === null && !isYaml && !/task-?def[\w-]*\.json$/i.test(path)) return;
    const text = this.text(path);
    if (text === null) return;
    const environment = environmentOfPath(path);
    const addAll = (assignments: readonly Assignment[]): void => {
      for (const assignment of assignments) this.add(assignment, path, environment, 'deployment', false);
    };
    if (kind === 'dockerfile') return addAll(envOfDockerfile(text));
    if (kind === 'terraform') return addAll(envOfTerraform(text));
    if (baseOf(path) === 'Procfile') return this.commands(path, text.split(/\r?\n/), environment);
    const isKnown = kind !== null && SURE.has(kind);
    const isTold = kind === 'cloudformation' || path.endsWith('.json');
    if (!isKnown && !isTold && !KUBERNETES.test(text) && !CLOUDFORMATION.test(text)) return;
    for (const tree of this.trees(path, text, isKnown)) this.harvest(path, tree, kind, environment);
  }

  private harvest(path: string, tree: ConfigNode, kind: InfrastructureKind | null, environment: string | null): void {
    const lookup = (name: string): string | null => this.besides(path, name);
    for (const assignment of envOfTree(tree, lookup)) {
      this.add(assignment, path, assignment.environment ?? environment, 'deployment', false);
    }
    if (textOf(child(tree, 'kind')) === 'ConfigMap') {
      for (const { key, value } of entriesOf(child(tree, 'data'))) {
        const text = textOf(value);
        if (text === null || !/^[A-Za-z_]\w*$/.test(key)) continue;
        this.add({ name: key, value: text, line: value.line }, path, environment, 'deployment', false);
      }
    }
    if (kind === 'compose') for (const file of composeEnvFiles(tree, dirOf(path))) this.envFile(file, path);
  }

  private trees(path: string, text: string, isKnown: boolean): readonly ConfigNode[] {
    try {
      const extension = extensionOf(path);
      if (extension === '.toml') return [parseToml(text)];
      return extension === '.json' || extension === '.jsonc' ? [parseJsonc(text)] : parseYaml(text);
    } catch (error) {
      if (!(error instanceof ConfigSyntaxError)) throw error;
      // A chart's templates become YAML only once they are filled in; their values stand in values.yaml.
      const isByNature = isTemplate(text) || !isKnown;
      this.problems.push({
        path,
        line: error.line,
        reason: `environment values are not read: ${error.message}`,
        kind: isByNature ? 'note' : 'failed',
      });
      return [];
    }
  }

  private scripts(info: PackageInfo): void {
    const path = info.dir === '' ? 'package.json' : `${info.dir}/package.json`;
    if (this.input.isTest(path)) return;
    let text: string | null = null;
    for (const [name, script] of Object.entries(info.scripts)) {
      const variables = variablesOfScript(script);
      if (variables.length === 0) continue;
      text ??= this.text(path) ?? '';
      const line = lineOfScript(text, name);
      const mode = variables.find((variable) => variable.name === 'NODE_ENV')?.value;
      const environment =
        (mode === undefined ? null : environmentOf(mode)) ??
        name
          .split(/[:._-]/)
          .map(environmentOf)
          .find((word) => word !== null) ??
        null;
      for (const variable of variables) this.command(path, variable, line, environment);
    }
  }

  /** `web: FOO=bar node server.js` */
  private commands(path: string, lines: readonly string[], environment: string | null): void {
    lines.forEach((line, index) => {
      for (const variable of variablesOfScript(line.replace(/^\w+:\s*/, ''))) {
        this.command(path, variable, index + 1, environment);
      }
    });
  }

  private command(
    path: string,
    variable: { readonly name: string; readonly value: string },
    line: number,
    environment: string | null,
  ): void {
    if (/[$`%]/.test(variable.value)) return;
    this.add({ ...variable, line }, path, environment, 'deployment', false);
  }

  /** A variable as the plain `.env` file of the same folder or the root sets it. */
  private besides(path: string, name: string): string | null {
    for (const dir of new Set([dirOf(path), ''])) {
      const file = joinPath(dir, '.env')!;
      if (file === path) continue;
      let values = this.dotenv.get(file);
      if (values === undefined) {
        const text = this.input.listing.includes(file) ? this.text(file) : null;
        values = new Map(parseDotenv(text ?? '').map((assignment) => [assignment.name, assignment.value]));
        this.dotenv.set(file, values);
      }
      const found = values.get(name);
      if (found !== undefined) return found;
    }
    return null;
  }

  private text(path: string): string | null {
    const text = this.input.read(path);
    if (text === null) {
      this.problems.push({ path, line: null, reason: 'cannot be read', kind: 'failed' });
      return null;
    }
    if (text.length <= (/\.ya?ml$/.test(path) ? MAX_YAML : MAX_FILE)) return text;
    // A large file that no name marks as settings is data.
    if (infrastructureKind(path) !== null || envFileName(path) !== null) {
      this.problems.push({ path, line: null, reason: 'is too large for a file of settings', kind: 'note' });
    }
    return null;
  }

  private add(
    assignment: Assignment | TreeAssignment,
    file: string,
    environment: string | null,
    origin: EnvValue['origin'],
    local: boolean,
  ): void {
    const { name, value, line } = assignment;
    let list = this.values.get(name);
    if (list === undefined) this.values.set(name, (list = []));
    const rank = rankOf(origin, environment, local);
    const twin = list.findIndex((other) => other.file === file && other.line === line);
    const entry: Ranked = { value, file, line, environment, ignored: this.input.ignored(file), origin, rank };
    if (twin < 0) list.push(entry);
    else if (list[twin]!.rank > rank) list[twin] = entry;
  }
}

/** Deployment file, `.env.<environment>.local`, `.env.<environment>`, `.env.local`, `.env`, examples. */
function rankOf(origin: EnvValue['origin'], environment: string | null, local: boolean): number {
  const base = origin === 'deployment' ? 0 : origin === 'env-file' ? 10 : 20;
  return base + (environment === null ? 4 : 0) + (local ? 0 : 1);
}

/** `env_file: .env.docker`, a list of names, or of `{ path }`. */
function composeEnvFiles(tree: ConfigNode, dir: string): string[] {
  return entriesOf(child(tree, 'services')).flatMap(({ value }) => {
    const files = child(value, 'env_file');
    if (files === null) return [];
    return (files.kind === 'list' ? files.items : [files]).flatMap((item) => {
      const text = textOf(item) ?? textOf(child(item, 'path'));
      return text === null ? [] : (joinPath(dir, text) ?? []);
    });
  });
}

function lineOfScript(text: string, name: string): number {
  const scripts = Math.max(text.indexOf('"scripts"'), 0);
  const at = text.indexOf(`${JSON.stringify(name)}:`, scripts);
  const position = at >= 0 ? at : text.indexOf(JSON.stringify(name), scripts);
  return position < 0 ? 1 : text.slice(0, position).split('\n').length;
}
