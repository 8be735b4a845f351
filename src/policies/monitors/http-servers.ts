/** Whether a program can be asked over HTTP at all: a monitor has no incoming request to capture where none arrives. */
import type { PackageInfo } from '../../workspace/types.js';
import { policyCatalog } from '../catalog.js';
import type { PolicyInput } from '../input.js';

const NODE = /^(?:node:)?https?2?$/;

/**
 * False only where packages are declared and nothing in sight serves HTTP: no framework among the dependencies of the
 * file's package, of those above it (hoisted) and of those that depend on it (its start is theirs), and none of their
 * files imports Node's own server.
 */
export function mayServeHttp(input: PolicyInput, file: string): boolean {
  const { workspace } = input;
  const own = workspace.packageOf(file);
  if (own === null || Object.keys(own.dependencies).length === 0) return true;
  const concerned = startedWith(workspace.packages, own);
  const servers = new Set(
    (policyCatalog().policy('monitor-captures-bodies').lists?.['http-servers'] ?? '').split(/[\s,]+/),
  );
  for (const one of concerned) if (Object.keys(one.dependencies).some((name) => servers.has(name))) return true;
  return workspace.code.some(({ path }) => {
    const of = workspace.packageOf(path);
    return of !== null && concerned.has(of) && (input.facts(path)?.imports ?? []).some((i) => NODE.test(i.specifier));
  });
}

/** A package, those in whose folders it lies, and all that depend on it, directly or not. */
function startedWith(all: readonly PackageInfo[], own: PackageInfo): ReadonlySet<PackageInfo> {
  const found = new Set([own, ...all.filter(({ dir }) => dir === '' || own.dir.startsWith(`${dir}/`))]);
  const names = [own.name];
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (name === null) continue;
    for (const one of all) {
      if (found.has(one) || one.dependencies[name] === undefined) continue;
      found.add(one);
      names.push(one.name);
    }
  }
  return found;
}
