/** Files that bring phitrace into CI, hooks and editors, as `phitrace init` writes them. */

export interface Snippet {
  readonly title: string;
  /** Where it goes, relative to the project. */
  readonly file: string;
  readonly text: string;
  /** The file is a shell script that git or husky starts. */
  readonly executable?: boolean;
  /** Where one of these is there already, people seem to use it. */
  readonly signs: readonly string[];
}

const HOOK = 'npx --no-install phitrace check --staged --quiet';

/** Packages that have the parser, and how it comes out of them. */
export const TYPESCRIPT_PARSERS = {
  'typescript-eslint': { name: 'tseslint', parser: 'parser: tseslint.parser' },
  '@typescript-eslint/parser': { name: 'parser', parser: 'parser' },
} as const;
export type TypeScriptParser = keyof typeof TYPESCRIPT_PARSERS;

/** A configuration for ESLint; without a parser in the project, the lines that need one are comments. */
export function eslintConfig(installed: TypeScriptParser | null): string {
  const from = installed ?? 'typescript-eslint';
  const { name, parser } = TYPESCRIPT_PARSERS[from];
  const aside = installed === null ? '// ' : '';
  const why =
    installed === null
      ? '\n// ESLint reads TypeScript only with a parser: install typescript-eslint, then take the two lines in.'
      : '';
  return `import phitrace from 'phitrace/eslint';${why}
${aside}import ${name} from '${from}';

export default [
  ${aside}{ files: ['**/*.{ts,tsx,mts,cts}'], languageOptions: { ${parser} } },
  phitrace.configs.recommended,
];
`;
}

export const SNIPPETS = {
  github: {
    title: 'GitHub Actions',
    file: '.github/workflows/phitrace.yml',
    signs: ['.github'],
    text: `name: phitrace
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
  security-events: write
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci --ignore-scripts
      # Manifest and configuration come from the base branch: a pull request cannot open its own gate.
      - run: npx --no-install phitrace check --format sarif --output phitrace.sarif --format github \${BASE:+--policy-from "$BASE"}
        env:
          BASE: \${{ github.event.pull_request.base.sha }}
      - uses: github/codeql-action/upload-sarif@v3
        if: always() && hashFiles('phitrace.sarif') != ''
        with:
          sarif_file: phitrace.sarif
          category: phitrace
`,
  },
  gitlab: {
    title: 'GitLab CI',
    file: '.gitlab-ci.yml',
    signs: ['.gitlab-ci.yml'],
    text: `phitrace:
  image: node:22
  variables:
    GIT_DEPTH: '0'
  script:
    - npm ci --ignore-scripts
    # Manifest and configuration come from the target branch: a merge request cannot open its own gate.
    - npx --no-install phitrace check --format gitlab --output gl-code-quality-report.json --format junit --output phitrace.junit.xml --format text \${CI_MERGE_REQUEST_DIFF_BASE_SHA:+--policy-from "$CI_MERGE_REQUEST_DIFF_BASE_SHA"}
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: phitrace.junit.xml
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
`,
  },
  'pre-commit': {
    title: 'pre-commit framework',
    file: '.pre-commit-config.yaml',
    signs: ['.pre-commit-config.yaml'],
    text: `repos:
  - repo: local
    hooks:
      - id: phitrace
        name: phitrace
        entry: ${HOOK}
        language: system
        pass_filenames: false
        always_run: true
`,
  },
  husky: {
    title: 'husky',
    file: '.husky/pre-commit',
    signs: ['.husky'],
    executable: true,
    text: `${HOOK}\n`,
  },
  lefthook: {
    title: 'lefthook',
    file: 'lefthook.yml',
    signs: ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml'],
    text: `pre-commit:
  commands:
    phitrace:
      run: ${HOOK}
`,
  },
  eslint: {
    title: 'ESLint',
    file: 'eslint.config.mjs',
    signs: ['eslint.config.js', 'eslint.config.mjs', 'eslint.config.cjs', 'eslint.config.ts', 'eslint.config.mts'],
    text: eslintConfig(null),
  },
} as const satisfies Readonly<Record<string, Snippet>>;

export type SnippetId = keyof typeof SNIPPETS;
export const SNIPPET_IDS = Object.keys(SNIPPETS) as readonly SnippetId[];
