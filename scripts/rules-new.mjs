/**
 * npm run rules:new -- recipient acme [package]
 *
 * Writes rules/recipients/acme.yaml, a vendor with one package and one call, and its fixture. Both are valid as they
 * stand; what is marked TODO is to be replaced by what the vendor's documentation and typings say. If the YAML exists
 * already, only the fixture is written. docs/guides/new-vendor.md goes through it step by step.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [kind, id, pkg = id] = process.argv.slice(2);

if (kind !== 'recipient' || id === undefined || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
  console.error(
    'usage: npm run rules:new -- recipient <vendor-id> [npm-package]   (the id in lower case, with hyphens)',
  );
  process.exit(2);
}

const rules = `rules/recipients/${id}.yaml`;
if (existsSync(ROOT + rules) && existsSync(`${ROOT}fixtures/recipients/${id}`)) {
  console.log(`${id} is there already: ${rules} and fixtures/recipients/${id}`);
  process.exit(0);
}
if (existsSync(ROOT + rules)) console.log(`${rules} exists; its fixture is missing`);
else {
  writeFileSync(ROOT + rules, template(id, pkg));
  console.log(`${rules} written`);
}

// The new file must be known to phitrace before a program against it can be tried.
execFileSync(process.execPath, ['dist/knowledge/compile.js'], { cwd: ROOT, stdio: 'inherit' });
const { writeFixture } = await import('./recipient-fixture.mjs');
const { written } = writeFixture(id);
for (const file of written) console.log(`${file} written`);
console.log(`
next:
  1. replace every TODO in ${rules} (words of the format: docs/guides/own-recipients.md)
  2. make fixtures/recipients/${id} real, then: npm run build && node fixtures/runner.mjs fixtures/recipients
  3. add the package to conformance/package.json, then:
     npm install --prefix conformance --package-lock-only && npm run conformance -- ${pkg} --alone --update`);

function template(vendor, specifier) {
  const name = vendor
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
  const type = name.replaceAll(' ', '');
  return `id: ${vendor}
name: ${name} # TODO as the vendor writes it
vendor:
  # TODO the category: llm, gateway, vector, speech, deid, training, tracing, monitor, apm, logging, replay, analytics, ads,
  # messaging, email, sms, push, chat, storage, database, cache, queue, search, docs, crm, support, payment, ehr, exchange, cloud
  category: email
  kind: partner # partner: the code exists to talk to it; incidental: a side channel (logs, errors, analytics)
  services:
    messages: { name: Messages, coverable: unknown } # TODO what a BAA would name; yes, no, conditions or unknown
  baa:
    available: unknown # yes or no only with a fact that is more than hearsay
    facts: []
    # - { text: …, source: https://…, asOf: 2026-11-22, founded: vendor-page } # or third-party, or unverified
hosts:
  - { host: api.${vendor}.example, service: messages } # TODO the API's host
packages:
  ${specifier.startsWith('@') ? `'${specifier}'` : specifier}:
    exports:
      ${type}: { new: ${type} } # TODO the exported class or function
    types:
      ${type}:
        recipient: { vendor: ${vendor}, host: [0.baseUrl], apiKey: [0.apiKey] } # TODO the options that decide where it goes
        members:
          messages.send: { sink: { service: messages, content: [0.to, 0.text] } } # TODO each call, with the arguments that carry content
`;
}
