/** Which part of a program a Sentry package runs in. */

export type Runtime = 'server' | 'framework-server' | 'worker' | 'lambda' | 'browser';

const SERVER = ['node', 'node-core', 'nestjs', 'google-cloud-serverless'];
const WORKER = ['cloudflare'];
const LAMBDA = ['aws-serverless', 'serverless'];
/** One package for client, server and edge: the file says which. */
const FRAMEWORK = [
  'nextjs',
  'remix',
  'sveltekit',
  'nuxt',
  'astro',
  'solidstart',
  'react-router',
  'tanstackstart-react',
];

const CLIENT_FILE = /(?:^|[./-])(?:client|browser)(?:[./-]|$)|instrumentation-client/;
const EDGE_FILE = /(?:^|[./-])edge(?:[./-]|$)|(?:^|\/)middleware\./;
const SERVER_FILE = /(?:^|[./-])(?:server|node|api)(?:[./-]|$)|(?:^|\/)instrumentation\.|hooks\.server/;

/** `sure` is false where neither package nor file says it. */
export function runtimeOf(packageName: string, file: string): { readonly runtime: Runtime; readonly sure: boolean } {
  const name = packageName.replace(/^@sentry\//, '');
  if (SERVER.includes(name)) return { runtime: 'server', sure: true };
  if (WORKER.includes(name)) return { runtime: 'worker', sure: true };
  if (LAMBDA.includes(name)) return { runtime: 'lambda', sure: true };
  if (!FRAMEWORK.includes(name)) return { runtime: 'browser', sure: true };
  // Neither browser nor edge runtime sees bodies of incoming requests.
  if (CLIENT_FILE.test(file) || EDGE_FILE.test(file)) return { runtime: 'browser', sure: true };
  return { runtime: 'framework-server', sure: SERVER_FILE.test(file) };
}

/** Packages with version numbers of their own. */
export function hasOwnNumbering(packageName: string): boolean {
  return ['@sentry/react-native', '@sentry/electron', '@sentry/capacitor', '@sentry/cordova'].includes(packageName);
}
