import { describe, expect, it } from 'vitest';
import { declaredStores } from './declared-stores.js';
import { literal, parseHcl } from './hcl.js';

/** `label expires` of what these files declare. */
function stores(files: Readonly<Record<string, string>>): string[] {
  const read = (path: string): string | null => files[path] ?? null;
  return declaredStores(Object.keys(files), read).map((s) => `${s.kind} ${s.label} ${s.expires} ${s.file}:${s.line}`);
}

describe('hcl', () => {
  it('reads blocks, labels and attributes, and evaluates nothing', () => {
    const [block] =
      parseHcl(`# comment }
resource "aws_s3_bucket" "audio" { // {
  bucket = "a-\${var.env == "x" ? "}" : "y"}-b" /* } */
  tags = {
    a = "b"
  }
  policy = <<-EOF
    { "not": "a block"
  EOF
  lifecycle_rule { enabled = true }
}
`) ?? [];
    expect([block?.type, block?.labels, block?.line]).toEqual(['resource', ['aws_s3_bucket', 'audio'], 2]);
    expect([...(block?.attributes.keys() ?? [])]).toEqual(['bucket', 'tags', 'policy']);
    expect(block?.blocks.map((b) => [b.type, b.line, b.attributes.get('enabled')])).toEqual([
      ['lifecycle_rule', 10, 'true'],
    ]);
  });
  it('reads objects inside of an interpolation', () => {
    const blocks = parseHcl('a "b" {\n  x = "${jsonencode({ k = { l = "}" } })}-y"\n  z = 1\n}\n') ?? [];
    expect([...(blocks[0]?.attributes.keys() ?? [])]).toEqual(['x', 'z']);
  });
  it('tells constants from expressions', () => {
    expect([literal('"a"'), literal('3'), literal('"a-${b}"'), literal('var.x'), literal(undefined)]).toEqual([
      'a',
      '3',
      null,
      null,
      null,
    ]);
  });
  it.each(['a {', '}', 'a = "b\n', 'x = <<EOF\nno end', `${'a {\n'.repeat(10_000)}`, '"', '= 3', '\0'])(
    'gives up on %j without an exception',
    (text) => {
      expect(parseHcl(text)).toBeNull();
    },
  );
});

describe('terraform', () => {
  const BUCKET = 'resource "aws_s3_bucket" "audio" {\n  bucket = "visit-audio"\n}\n';
  const rule = (body: string): string =>
    `resource "aws_s3_bucket_lifecycle_configuration" "r" {\n  bucket = aws_s3_bucket.audio.id\n  ${body}\n}\n`;
  it.each([
    ['nothing', '', 'no'],
    ['an expiry', rule('rule {\n status = "Enabled"\n expiration {\n days = 3\n }\n }'), 'yes'],
    ['a rule that is off', rule('rule {\n status = "Disabled"\n expiration {\n days = 3\n }\n }'), 'no'],
    ['a move only', rule('rule {\n status = "Enabled"\n transition {\n days = 3\n }\n }'), 'no'],
    [
      'old versions only',
      rule('rule {\n status = "Enabled"\n noncurrent_version_expiration {\n days = 3\n }\n }'),
      'no',
    ],
    ['a status that depends', rule('rule {\n status = var.status\n expiration {\n days = 3\n }\n }'), 'unknown'],
    ['rules from a loop', rule('dynamic "rule" {\n for_each = var.rules\n content {}\n }'), 'unknown'],
    ['a rule for whichever bucket', rule('').replace('aws_s3_bucket.audio.id', 'local.bucket'), 'unknown'],
    [
      'the rule of one whose name begins alike',
      rule('rule {\n status = "Enabled"\n expiration {\n days = 3\n }\n }').replace('.audio.', '.audio-old.'),
      'no',
    ],
    ['the rule of another bucket', rule('').replace('.audio.', '.audio2.') + rule('').replace('.audio.', '.x.'), 'no'],
  ])('a bucket with %s', (_what, more, expires) => {
    // In another file of the same folder.
    expect(stores({ 'infra/main.tf': BUCKET, 'infra/rules.tf': more })).toEqual([
      `bucket audio ${expires} infra/main.tf:1`,
    ]);
    expect(stores({ 'infra/main.tf': BUCKET, 'other/rules.tf': more })).toEqual(['bucket audio no infra/main.tf:1']);
  });
  it('takes no label for a pattern', () => {
    expect(stores({ 'a.tf': 'resource "aws_s3_bucket" "(audio" {}\n' + rule('') })).toEqual([
      'bucket (audio no a.tf:1',
    ]);
  });
  it('knows the old form, tables, log groups and the buckets of Google', () => {
    const text = `
resource "aws_s3_bucket" "old" { 
  lifecycle_rule {
    enabled = true
    expiration { days = 3 }
  }
}
resource "aws_dynamodb_table" "t" {
  ttl {
    attribute_name = "ttl"
    enabled = true
  }
}
resource "aws_dynamodb_table" "forever" {}
resource "aws_cloudwatch_log_group" "l" { retention_in_days = 14 }
resource "aws_cloudwatch_log_group" "zero" { retention_in_days = 0 }
resource "aws_cloudwatch_log_group" "depends" { retention_in_days = var.days }
resource "google_storage_bucket" "g" {
  lifecycle_rule {
    condition { age = 3 }
    action { type = "Delete" }
  }
}
resource "google_storage_bucket" "cold" {
  lifecycle_rule {
    action { type = "SetStorageClass" }
  }
}
`;
    expect(stores({ 'main.tf': text }).map((s) => s.replace(/ \S+$/, ''))).toEqual([
      'bucket old yes',
      'table t yes',
      'table forever no',
      'log-group l yes',
      'log-group zero no',
      'log-group depends unknown',
      'bucket g yes',
      'bucket cold no',
    ]);
  });
});

describe('cloudformation, SAM and serverless', () => {
  it('finds resources wherever they hang', () => {
    const bucket = (rules: string): string => `Type: AWS::S3::Bucket\n      Properties:\n${rules}`;
    const template = `Resources:
    Audio:
      ${bucket('        BucketName: !Sub "audio-${AWS::AccountId}"\n')}
    Kept:
      ${bucket('        LifecycleConfiguration:\n          Rules:\n            - { Status: Enabled, ExpirationInDays: 3 }\n')}
    Depends:
      ${bucket('        LifecycleConfiguration: !If [Prod, { Rules: [] }, !Ref AWS::NoValue]\n')}
    Logs:
      Type: AWS::Logs::LogGroup
    Table:
      Type: AWS::DynamoDB::Table
      Properties: { TimeToLiveSpecification: { AttributeName: ttl, Enabled: true } }
`;
    expect(stores({ 'infra/stack.yaml': template })).toEqual([
      'bucket Audio no infra/stack.yaml:2',
      'bucket Kept yes infra/stack.yaml:7',
      'bucket Depends unknown infra/stack.yaml:14',
      'log-group Logs no infra/stack.yaml:19',
      'table Table yes infra/stack.yaml:21',
    ]);
    const serverless = `service: x\nprovider: { name: aws }\nresources:\n  - ${template.replaceAll('\n', '\n    ')}`;
    expect(stores({ 'serverless.yml': serverless })).toHaveLength(5);
    const json = '{"Resources":{"A":{"Type":"AWS::S3::Bucket","Properties":{}}}}';
    expect(stores({ 'template.json': json, 'data/x.json': json })).toEqual(['bucket A no template.json:1']);
  });
  it('leaves what is no YAML, and what is a bomb', () => {
    const bomb = `AWS::S3::Bucket: &a [x]\n${'bcdefgh'
      .split('')
      .map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i] ?? ''},`.repeat(30)}]`)
      .join('\n')}`;
    expect(stores({ 'a.yaml': 'AWS::S3::Bucket: [', 'b.yaml': bomb })).toEqual([]);
  });
});
