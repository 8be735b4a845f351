import { baseOf, byCodeUnits, extensionOf } from './paths.js';

export type DataFormat =
  'json' | 'ndjson' | 'csv' | 'sql' | 'hl7' | 'xml' | 'yaml' | 'text' | 'spreadsheet' | 'archive';
export type InfrastructureKind =
  | 'env'
  | 'compose'
  | 'dockerfile'
  | 'kubernetes'
  | 'serverless'
  | 'cloudformation'
  | 'terraform'
  | 'platform'
  | 'ci'
  | 'package'
  | 'tsconfig'
  | 'lockfile';

export interface DataFile {
  readonly path: string;
  readonly format: DataFormat;
}

export interface InfrastructureFile {
  readonly path: string;
  readonly kind: InfrastructureKind;
}

export interface OtherInputs {
  /** Files that may hold records: fixtures, seeds, dumps. */
  readonly data: readonly DataFile[];
  readonly infrastructure: readonly InfrastructureFile[];
}

const DATA: Readonly<Record<string, DataFormat>> = {
  '.json': 'json',
  '.json5': 'json',
  '.jsonc': 'json',
  '.geojson': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.psv': 'csv',
  '.sql': 'sql',
  '.hl7': 'hl7',
  '.er7': 'hl7',
  '.xml': 'xml',
  '.ccda': 'xml',
  '.cda': 'xml',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.txt': 'text',
  '.xlsx': 'spreadsheet',
  '.parquet': 'spreadsheet',
  '.zip': 'archive',
  '.gz': 'archive',
};

/** Names that say what a file is for; the first that fits. Paths are matched whole. */
const INFRASTRUCTURE: readonly [pattern: RegExp, kind: InfrastructureKind][] = [
  [
    /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|deno\.lock|composer\.lock)$/,
    'lockfile',
  ],
  [
    /(?:^|\/)package\.json$|(?:^|\/)(?:pnpm-workspace\.yaml|lerna\.json|rush\.json|turbo\.json|nx\.json|project\.json|deno\.jsonc?)$/,
    'package',
  ],
  [/(?:^|\/)(?:tsconfig|jsconfig)(?:\.[\w.-]+)?\.json$/, 'tsconfig'],
  [/(?:^|\/)(?:\.env(?:\.[^/]+)?|\.envrc|[^/]+\.env)$/, 'env'],
  [/(?:^|\/)(?:docker-)?compose(?:[.-][^/]+)?\.ya?ml$/, 'compose'],
  [/(?:^|\/)(?:Dockerfile(?:\.[^/]+)?|[^/]+\.[Dd]ockerfile|Containerfile)$/, 'dockerfile'],
  [/(?:^|\/)serverless(?:[.-][^/]+)?\.(?:ya?ml|json)$/, 'serverless'],
  [/\.(?:tf|tfvars)$/, 'terraform'],
  [
    /(?:^|\/)(?:\.github|\.circleci|\.buildkite|\.azure-pipelines)\/|(?:^|\/)(?:\.gitlab-ci\.yml|azure-pipelines\.ya?ml|bitbucket-pipelines\.yml|\.travis\.yml|appveyor\.yml|cloudbuild\.ya?ml|buildspec\.ya?ml)$/,
    'ci',
  ],
  [
    /(?:^|\/)(?:vercel\.json|netlify\.toml|fly(?:\.[\w-]+)?\.toml|wrangler\.(?:toml|jsonc?)|render\.ya?ml|railway\.(?:json|toml)|app\.ya?ml|apphosting(?:\.[\w-]+)?\.ya?ml|apprunner\.ya?ml|eas\.json|local\.settings\.json|host\.json|staticwebapp\.config\.json|firebase\.json|amplify\.ya?ml|Procfile|cdk\.json|supabase\/config\.toml)$/,
    'platform',
  ],
  [
    /(?:^|\/)(?:template|sam|cloudformation)(?:[.-][^/]+)?\.(?:ya?ml|json)$|(?:^|\/)(?:cloudformation|cfn)\//,
    'cloudformation',
  ],
  [/(?:^|\/)(?:k8s|kubernetes|kustomize|manifests|helm|charts?|deploy(?:ment)?s?|overlays)\/.*\.ya?ml$/, 'kubernetes'],
];

/** What the files that are not code are for, by name alone. A file may be neither (images, documentation). */
export function classifyOthers(paths: readonly string[]): OtherInputs {
  const data: DataFile[] = [];
  const infrastructure: InfrastructureFile[] = [];
  for (const path of paths) {
    const kind = infrastructureKind(path);
    if (kind !== null) {
      infrastructure.push({ path, kind });
      continue;
    }
    const format = DATA[extensionOf(path)];
    if (format !== undefined) data.push({ path, format });
  }
  return { data, infrastructure };
}

export function infrastructureKind(path: string): InfrastructureKind | null {
  return INFRASTRUCTURE.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

export interface Platform {
  readonly id: string;
  readonly file: string;
}

/** Configuration files by which a hosted platform knows the project. */
const PLATFORM_FILES: readonly [pattern: RegExp, id: string][] = [
  [/^(?:vercel|now)\.json$/, 'vercel'],
  [/^netlify\.toml$/, 'netlify'],
  [/^fly(?:\.[\w-]+)?\.toml$/, 'fly'],
  [/^wrangler\.(?:toml|jsonc?)$/, 'cloudflare-workers'],
  [/^render\.ya?ml$/, 'render'],
  [/^railway\.(?:json|toml)$/, 'railway'],
  [/^Procfile$/, 'heroku'],
  [/^firebase\.json$/, 'firebase'],
  [/^apphosting(?:\.[\w-]+)?\.ya?ml$/, 'firebase'],
  [/^amplify\.ya?ml$/, 'aws-amplify'],
  [/^apprunner\.ya?ml$/, 'aws-app-runner'],
  [/^samconfig\.toml$/, 'aws-lambda'],
  [/^sst\.config\.[cm]?[jt]s$/, 'aws-lambda'],
  [/^staticwebapp\.config\.json$/, 'azure-static-web-apps'],
  [/^(?:host|local\.settings)\.json$/, 'azure-functions'],
];

/** Platforms whose files need a look inside; tried on files up to `MAX_LOOK` characters. */
const PLATFORM_TEXTS: readonly [path: RegExp, text: RegExp, id: string][] = [
  [
    /(?:^|\/)serverless(?:[.-][^/]+)?\.(?:ya?ml|json|ts|js)$/,
    /\bname['"]?:\s*['"]?aws\b|provider['"]?:\s*['"]?aws\b/,
    'aws-lambda',
  ],
  [/(?:^|\/)serverless(?:[.-][^/]+)?\.ya?ml$/, /\bname:\s*['"]?google\b/, 'google-cloud-functions'],
  [/(?:^|\/)serverless(?:[.-][^/]+)?\.ya?ml$/, /\bname:\s*['"]?azure\b/, 'azure-functions'],
  [/\.(?:ya?ml|json)$/, /AWS::(?:Serverless::Function|Lambda::Function)/, 'aws-lambda'],
  [/\.(?:ya?ml|json)$/, /AWS::ECS::(?:TaskDefinition|Service)/, 'aws-ecs'],
  [/\.tf$/, /resource\s+"aws_lambda_function"/, 'aws-lambda'],
  [/\.tf$/, /resource\s+"aws_ecs_(?:service|task_definition)"/, 'aws-ecs'],
  [/\.tf$/, /resource\s+"google_cloud_run(?:_v2)?_(?:service|job)"/, 'google-cloud-run'],
  [/\.tf$/, /resource\s+"google_cloudfunctions2?_function"/, 'google-cloud-functions'],
  [/\.tf$/, /resource\s+"azurerm_(?:linux_|windows_)?function_app"/, 'azure-functions'],
  [/\.tf$/, /resource\s+"azurerm_(?:linux_|windows_)?web_app"/, 'azure-app-service'],
  [/(?:^|\/)app\.ya?ml$/, /^runtime:\s/m, 'google-cloud-app-engine'],
  [/\.ya?ml$/, /apiVersion:\s*serving\.knative\.dev/, 'google-cloud-run'],
];
const MAX_LOOK = 1 << 20;

/** One entry a platform and file, sorted. Files in test folders do not count. */
export function findPlatforms(
  paths: readonly string[],
  read: (path: string) => string | null,
  isTest: (path: string) => boolean,
): Platform[] {
  const found = new Map<string, Platform>();
  const add = (id: string, file: string): void => {
    found.set(`${id}\0${file}`, { id, file });
  };
  for (const path of paths) {
    if (isTest(path)) continue;
    const base = baseOf(path);
    for (const [pattern, id] of PLATFORM_FILES) if (pattern.test(base)) add(id, path);
    if (/(?:^|\/)supabase\/config\.toml$/.test(path)) add('supabase', path);
    const looks = PLATFORM_TEXTS.filter(([pattern]) => pattern.test(path));
    if (looks.length === 0 || !mayDescribeDeployment(path)) continue;
    const text = (read(path) ?? '').slice(0, MAX_LOOK);
    for (const [, pattern, id] of looks) if (pattern.test(text)) add(id, path);
  }
  return [...found.values()].sort(
    (left, right) => byCodeUnits(left.id, right.id) || byCodeUnits(left.file, right.file),
  );
}

/** JSON is read only where a name suggests a template: data files stay closed. */
function mayDescribeDeployment(path: string): boolean {
  const kind = infrastructureKind(path);
  if (path.endsWith('.json')) return kind === 'cloudformation' || kind === 'serverless';
  return kind !== 'lockfile' && kind !== 'ci';
}
