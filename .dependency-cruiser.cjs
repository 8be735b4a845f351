/**
 * The one-way street: workspace -> facts -> flow -> policies -> report, doors on top.
 * Each entry lists the rooms that a room may import from (besides itself); everything else is an error.
 */
const MAY_IMPORT = {
  knowledge: [],
  facts: [],
  workspace: ['knowledge'],
  manifest: ['knowledge'],
  flow: ['facts', 'workspace', 'knowledge'],
  policies: ['mask', 'flow', 'facts', 'workspace', 'manifest', 'knowledge', 'analysis'],
  report: ['analysis', 'mask'],
  init: ['analysis', 'knowledge', 'manifest', 'report'],
  cli: ['mask', 'report', 'init', 'session', 'analysis', 'manifest', 'knowledge', 'workspace', 'inputs', 'index'],
  revision: ['analysis', 'analyze', 'inputs', 'manifest', 'workspace', 'policies'],
  session: ['analysis', 'analyze', 'inputs', 'facts', 'manifest', 'workspace', 'version'],
  eslint: ['analysis', 'session', 'policies', 'report', 'manifest', 'mask', 'version'],
};

const rooms = Object.keys(MAY_IMPORT);

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Evaluating a call evaluates its arguments, which hold calls: files of src/flow may know each other.',
      severity: 'error',
      from: { pathNot: '^src/flow/' },
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    ...rooms.map((room) => ({
      name: `street-${room}`,
      comment: `src/${room} may import only: ${MAY_IMPORT[room].join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/',
        pathNot: [`^src/${room}/`, ...MAY_IMPORT[room].map((other) => `^src/${other}(/|\\.ts$)`)],
      },
    })),
    {
      name: 'parser-only-in-facts',
      comment: 'Only src/facts touches parser nodes, so that the parser can be swapped.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/facts/' },
      to: { path: 'node_modules/(ts-morph|typescript)/' },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { path: '\\.test\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
