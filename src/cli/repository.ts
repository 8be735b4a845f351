/** Where the scanned code can be read in the browser: the forge's page of the commit, if it can be known without asking anybody. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { wellFormed } from '../report/escape.js';
import type { Io } from './io.js';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Prefix of a file's page (`https://github.com/o/r/blob/<commit>/apps/web/`), or null. */
export function repositoryOf(dir: string, env: Io['env']): string | null {
  const root = rootOf(dir);
  const within = root === null ? '' : path.relative(root, path.resolve(dir)).split(path.sep).join('/');
  const inCi = fromCi(env);
  const found = inCi ?? (root === null ? null : fromGit(root));
  if (found === null) return null;
  const folder = within === '' ? '' : `${wellFormed(within).split('/').map(encodeURIComponent).join('/')}/`;
  const blob = /(?:^|\.)gitlab\./.test(new URL(found.url).hostname) || found.gitlab ? '-/blob' : 'blob';
  return `${found.url}/${blob}/${found.commit}/${folder}`;
}

interface Found {
  readonly url: string;
  readonly commit: string;
  readonly gitlab: boolean;
}

function fromCi(env: Io['env']): Found | null {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: name,
    GITHUB_SHA: sha,
    CI_PROJECT_URL: project,
    CI_COMMIT_SHA: commit,
  } = env;
  if (server && name && sha && COMMIT.test(sha)) return page(`${server}/${name}`, sha, false);
  return project && commit && COMMIT.test(commit) ? page(project, commit, true) : null;
}

/** The folder with `.git`, from `dir` upward. */
function rootOf(dir: string): string | null {
  for (let folder = path.resolve(dir); ; folder = path.dirname(folder)) {
    if (statSync(path.join(folder, '.git'), { throwIfNoEntry: false })) return folder;
    if (folder === path.dirname(folder)) return null;
  }
}

/** Reads git's own files: no program of the scanned machine's configuration is run. */
function fromGit(root: string): Found | null {
  const own = gitFolder(root);
  const common = path.resolve(own, text(path.join(own, 'commondir')) ?? '.');
  const head = text(path.join(own, 'HEAD')) ?? '';
  const ref = /^ref: (refs\/\S+)$/.exec(head)?.[1];
  const commit = ref === undefined ? head : (text(path.join(common, ref)) ?? packed(common, ref));
  const remote = /\[remote "origin"\][^[]*?\n\s*url\s*=\s*(\S+)/.exec(text(path.join(common, 'config')) ?? '')?.[1];
  return remote !== undefined && commit !== null && COMMIT.test(commit) ? page(remote, commit, false) : null;
}

/** In a worktree `.git` is a file that names the folder. */
function gitFolder(root: string): string {
  const link = text(path.join(root, '.git'));
  return link?.startsWith('gitdir: ') ? path.resolve(root, link.slice(8)) : path.join(root, '.git');
}

function packed(common: string, ref: string): string | null {
  const line = text(path.join(common, 'packed-refs'))
    ?.split('\n')
    .find((l) => l.endsWith(` ${ref}`));
  return line?.split(' ')[0] ?? null;
}

/** `git@host:o/r.git` and `https://token@host/o/r.git` as a plain address of the forge. */
function page(remote: string, commit: string, gitlab: boolean): Found | null {
  const ssh = /^(?:ssh:\/\/)?git@([\w.-]+)(?::\d+\/|[:/])(.+?)(?:\.git)?\/?$/.exec(remote);
  const address = ssh ? `https://${ssh[1] ?? ''}/${ssh[2] ?? ''}` : remote.replace(/(?:\.git)?\/?$/, '');
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  return { url: `${url.origin}${url.pathname}`.replace(/\/$/, ''), commit, gitlab };
}

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
