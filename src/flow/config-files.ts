/** Packages that are configured by a file which they load themselves: what it exports counts as the options of a call. */
import type { Workspace } from '../workspace/types.js';
import type { Engine } from './engine.js';
import { fold, type SiteOf } from './fold.js';
import type { ConfigSite } from './result.js';
import { bindingValue } from './select.js';

/** One configuration for each such file of a project that depends on the package. */
export function configFiles(e: Engine, workspace: Workspace, siteOf: SiteOf): ConfigSite[] {
  const out: ConfigSite[] = [];
  for (const file of e.program.files) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.[cm]?[jt]s$/, '');
    for (const known of e.knowledge.configFiles()) {
      if (known.file !== name || file.role === 'test') continue;
      const version = workspace.versionOf(file.path, known.package);
      if (version === null) continue;
      const binding = e.program.exported(file, known.export ?? 'default');
      const options = fold(e, bindingValue(e, binding), siteOf);
      if (options.k !== 'object') continue;
      const { product, part, service } = known.config;
      out.push({
        product,
        part: part ?? null,
        service,
        package: known.package,
        member: known.file,
        version,
        site: options.site ?? siteOf(file.fnBase, [0, 0]),
        args: [options],
        options,
        reached: true,
        test: false,
      });
    }
  }
  return out;
}
