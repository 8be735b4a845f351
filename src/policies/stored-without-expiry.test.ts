/** Storage that infrastructure code never empties: as a finding, and as a row of the readiness card. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analyzeSync } from '../analyze.js';
import type { AnalysisResult } from '../analysis.js';
import { writeFiles } from './testing/example-files.js';

const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

function analysed(files: Readonly<Record<string, string>>): AnalysisResult {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'phitrace-stores-'));
  made.push(dir);
  writeFiles(dir, { 'package.json': '{"name":"x"}', 'baa.yaml': 'version: 1\n', ...files });
  return analyzeSync({ dir, today: '2026-11-22' });
}

const told = (result: AnalysisResult): string[] =>
  result.analysis.findings.filter((f) => f.ruleId === 'phi-retained').map((f) => `${f.severity} ${f.file}:${f.line}`);
const row = (result: AnalysisResult, id: string): string | undefined =>
  result.scorecard().rows.find((one) => one.id === id)?.state;

const AUDIO = 'resource "aws_s3_bucket" "recordings" {\n  bucket = "x-recordings"\n';
const RULE = '  lifecycle_rule {\n    enabled = true\n    expiration { days = 3 }\n  }\n';

describe('stores without an expiry', () => {
  it('are findings at their declaration, and fail the row of the card', () => {
    const result = analysed({ 'infra/main.tf': `${AUDIO}}\n` });
    expect(told(result)).toEqual(['warning infra/main.tf:1']);
    const [finding] = result.analysis.findings.filter((f) => f.ruleId === 'phi-retained');
    expect(finding?.message).toBe(
      'What lies in the bucket "x-recordings", audio by its name, stays with Amazon Web Services (s3): no lifecycle rule lets its objects expire. Add a lifecycle rule that expires them (72 hours are usual for audio).',
    );
    expect([row(result, 'audio-retention'), row(result, 'prompt-retention')]).toEqual(['failed', 'open']);
  });
  it('prove the row when they empty themselves', () => {
    const result = analysed({ 'infra/main.tf': `${AUDIO}${RULE}}\n` });
    expect([told(result), row(result, 'audio-retention')]).toEqual([[], 'proved']);
  });
  it('leave half of it when that depends, or when the code deletes', () => {
    const depends = analysed({
      'infra/main.tf': `${AUDIO}  dynamic "lifecycle_rule" {\n    for_each = var.r\n  }\n}\n`,
    });
    expect([told(depends), row(depends, 'audio-retention')]).toEqual([[], 'partly']);
    const deletes = analysed({
      'infra/main.tf': `${AUDIO}}\n`,
      'src/clean.ts':
        "import { DeleteObjectCommand } from '@aws-sdk/client-s3';\nexport const a = DeleteObjectCommand;\n",
    });
    expect([told(deletes), row(deletes, 'audio-retention')]).toEqual([['note infra/main.tf:1'], 'partly']);
  });
  it('are nothing where no PHI is, where records are kept, and where the files are broken', () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'phitrace-stores-'));
    made.push(dir);
    writeFiles(dir, { 'package.json': '{"name":"x"}', 'infra/main.tf': `${AUDIO}}\n` });
    expect(told(analyzeSync({ dir, today: '2026-11-22' }))).toEqual([]);
    const records = 'resource "aws_s3_bucket" "patient_documents" {}\n';
    const other = analysed({ 'infra/main.tf': records, 'broken.tf': `${AUDIO}{{{`, 'x.yaml': 'AWS::S3::Bucket: [' });
    expect([told(other), row(other, 'audio-retention')]).toEqual([[], 'open']);
  });
  it('keep their fingerprint when lines and files move', () => {
    const prints = (files: Readonly<Record<string, string>>): string[] =>
      analysed(files)
        .analysis.findings.filter((f) => f.ruleId === 'phi-retained')
        .map((f) => f.fingerprint);
    const here = prints({ 'infra/main.tf': `${AUDIO}}\n` });
    expect(here).toHaveLength(1);
    expect(prints({ 'modules/audio/s3.tf': `# moved\n\n${AUDIO}}\n` })).toEqual(here);
  });
});
