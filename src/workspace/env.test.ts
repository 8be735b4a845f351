import { describe, expect, it } from 'vitest';
import { openWorkspace } from './open.js';
import { overlaySource } from './overlay-source.js';
import type { Workspace } from './types.js';

function open(texts: Record<string, string>): Workspace {
  return openWorkspace('/project', { source: overlaySource(null, new Map(Object.entries(texts))) });
}

/** `NAME=value@line environment`, all of one project. */
function values(texts: Record<string, string>): string[] {
  const workspace = open(texts);
  return workspace
    .envNames()
    .flatMap((name) =>
      workspace.env(name).map((item) => `${name}=${item.value}@${item.line} ${item.environment ?? '-'}`),
    );
}

describe('dotenv syntax', () => {
  it('reads quotes, export, comments, several lines and odd spacing', () => {
    expect(
      values({
        '.env': [
          '# comment',
          'A=plain value # comment',
          "export B='single $A #no comment'",
          'C="double\\nline" # comment',
          'D = spaced ',
          'E="first',
          'second"',
          'F=`back`',
          'G=',
          'H: yaml-like',
          'I=a#b',
          'J="unclosed',
          'not an assignment',
        ].join('\r\n'),
      }),
    ).toEqual([
      'A=plain value@2 -',
      'B=single $A #no comment@3 -',
      'C=double\nline@4 -',
      'D=spaced@5 -',
      'E=first\nsecond@6 -',
      'F=back@8 -',
      'G=@9 -',
      'H=yaml-like@10 -',
      'I=a#b@11 -',
      'J="unclosed@12 -',
    ]);
  });

  it('expands references, keeps lone dollars, drops what is not known, and survives circles and bombs', () => {
    const bomb = Array.from({ length: 30 }, (_, index) => `Z${index + 1}=${`\${Z${index}}`.repeat(10)}`).join('\n');
    const found = values({
      '.env': `HOST=api.example.com\nURL=https://\${HOST}/v1\nDEF=\${NONE:-fallback}\nPW=pa$$word\nLOST=https://\${NONE}/\nX=\${Y}\nY=\${X}\nESC=\\\${HOST}\nZ0=zzzzzzzzzz\n${bomb}`,
      '.env.production': 'FULL=https://${HOST}/p',
    });
    expect(found.filter((text) => !text.startsWith('Z'))).toEqual([
      'DEF=fallback@3 -',
      'FULL=https://api.example.com/p@1 production',
      'HOST=api.example.com@1 -',
      'PW=pa$$word@4 -',
      'URL=https://api.example.com/v1@2 -',
    ]);
    expect(found.filter((text) => text.startsWith('Z')).length).toBeLessThan(6);
  });
});

describe('precedence', () => {
  it('is deployment, .env.<environment>, .env.local, .env, example', () => {
    const workspace = open({
      '.env.example': 'A=example',
      '.env': 'A=plain',
      '.env.local': 'A=local',
      '.env.production': 'A=prod',
      '.env.production.local': 'A=prod-local',
      '.env.sandbox': 'A=sandbox',
      '.env.test': 'A=test',
      'docker-compose.yml': 'services:\n  web:\n    environment:\n      A: compose\n',
      'test/.env': 'A=not the product',
      '.env.vault': 'A=encrypted',
    });
    expect(workspace.env('A').map((item) => `${item.value} ${item.environment ?? '-'} ${item.origin}`)).toEqual([
      'compose - deployment',
      'prod-local production env-file',
      'prod production env-file',
      'sandbox sandbox env-file',
      'test test env-file',
      'local - env-file',
      'plain - env-file',
      'example - env-example',
    ]);
    expect(workspace.env('UNSET')).toEqual([]);
    expect(workspace.env('constructor')).toEqual([]);
  });
});

describe('deployment files', () => {
  it('compose: maps, lists, defaults, anchors, env_file', () => {
    expect(
      values({
        'docker-compose.prod.yml': `
x-common: &common
  LOG: info
services:
  a:
    environment:
      <<: *common
      URL: "https://a.example.com"
      PORT: 8080
      EMPTY:
      FROM: \${FROM_ENV:-https://default.example.com}
      UNKNOWN: \${NOWHERE}
  b:
    environment:
      - KEY=value=1
      - HANDED_ON
    env_file:
      - ./config/b.conf
      - path: c.conf
`,
        'config/b.conf': 'B=1',
        'c.conf': 'C=2',
      }),
    ).toEqual([
      'B=1@1 production',
      'C=2@1 production',
      'FROM=https://default.example.com@11 production',
      'KEY=value=1@15 production',
      'LOG=info@3 production',
      'PORT=8080@9 production',
      'URL=https://a.example.com@8 production',
    ]);
  });

  it('Dockerfile ENV and ARG', () => {
    expect(
      values({
        'Dockerfile.staging':
          'FROM node:20\nARG BASE=https://x.example.com\nENV A=1 B="two words" \\\n  # comment\n  URL=${BASE}/v1\nENV OLD style value\nARG NODEFAULT\nENV LOST=${NODEFAULT}\n',
      }),
    ).toEqual([
      'A=1@3 staging',
      'B=two words@3 staging',
      'BASE=https://x.example.com@2 staging',
      'OLD=style value@6 staging',
      'URL=https://x.example.com/v1@3 staging',
    ]);
  });

  it('package.json scripts and Procfile', () => {
    expect(
      values({
        'package.json': JSON.stringify(
          {
            scripts: {
              dev: 'cross-env NODE_ENV=development API="https://dev.example.com" next dev',
              'start:prod': 'API=https://example.com node x --flag=1 && B=$HOME node y',
              build: 'tsc',
            },
          },
          null,
          2,
        ),
        Procfile: 'web: ROLE=web node server.js\n',
      }),
    ).toEqual([
      'API=https://dev.example.com@3 development',
      'API=https://example.com@4 production',
      'NODE_ENV=development@3 development',
      'ROLE=web@1 -',
    ]);
  });

  it('kubernetes: env, ConfigMap, several documents, overlays', () => {
    expect(
      values({
        'deploy/overlays/production/web.yaml': `apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - name: URL
              value: https://k.example.com
            - name: SECRET
              valueFrom: { secretKeyRef: { name: s, key: k } }
            - name: REF
              value: $(OTHER)
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data:
  MODE: live
  nginx.conf: no
`,
        'notes.yaml': 'env:\n  A: 1\n',
        '.github/workflows/ci.yml': 'env:\n  CI_ONLY: 1\njobs: {}\n',
      }),
    ).toEqual(['MODE=live@20 production', 'URL=https://k.example.com@10 production']);
  });

  it('serverless and CloudFormation', () => {
    expect(
      values({
        'serverless.yml': `provider:
  name: aws
  stage: \${opt:stage, 'dev'}
  environment:
    MODEL: \${env:MODEL, 'gpt-4o'}
    TABLE: \${self:custom.table}
functions:
  f:
    environment:
      F: 1
`,
        'infra/template.yaml': `AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Base: { Type: String, Default: https://d.example.com }
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          BASE: !Ref Base
          LIT: abc
          SUB: !Sub "https://\${AWS::Region}.example.com"
          ARN: !GetAtt Table.Arn
`,
      }),
    ).toEqual(['BASE=https://d.example.com@10 -', 'F=1@10 -', 'LIT=abc@11 -', 'MODEL=gpt-4o@5 -']);
  });

  it('Terraform: lambda, ECS, Cloud Run, app settings', () => {
    expect(
      values({
        'infra/prod/main.tf': `resource "aws_lambda_function" "f" {
  environment {
    variables = {
      URL   = "https://t.example.com" # why
      "Q"   = "1"
      REF   = aws_s3_bucket.b.id
      MIX   = "x-\${var.y}"
    }
  }
}
# environment { variables = { NO = "1" } }
resource "google_cloud_run_service" "g" {
  env {
    name  = "RUN"
    value = "2"
  }
}
resource "azurerm_linux_web_app" "w" {
  app_settings = {
    APP = "3"
  }
}
locals { variables = { ONE = "4" } }
`,
      }),
    ).toEqual([
      'APP=3@20 production',
      'ONE=4@23 production',
      'Q=1@5 production',
      'RUN=2@15 production',
      'URL=https://t.example.com@4 production',
    ]);
  });

  it('platform files: vercel, netlify, fly, wrangler, App Engine, render, eas, ECS', () => {
    expect(
      values({
        'vercel.json': '{ "env": { "V": "1", "SECRET": "@secret-name" }, "build": { "env": { "VB": "2" } } }',
        'netlify.toml':
          '[build.environment]\n  N = "1"\n[context.production.environment]\n  N = "2" # prod\n[context.staging]\n  environment = { N = "3", M = \'4\' }\n',
        'fly.toml': '[env]\n  PORT = 8080\n  F = """\nmulti"""\n',
        'wrangler.jsonc':
          '{\n  // vars\n  "vars": { "W": "1" },\n  "env": { "production": { "vars": { "W": "2" } } },\n}',
        'app.yaml': 'runtime: nodejs20\nenv_variables:\n  G: "1"\n',
        'render.yaml':
          'services:\n  - envVars:\n      - key: R\n        value: 1\n      - key: S\n        sync: false\n',
        'task-definition.json': '{"containerDefinitions":[{"environment":[{"name":"T","value":"1"}]}]}',
      }),
    ).toEqual([
      'F=multi@3 -',
      'G=1@3 -',
      'M=4@6 staging',
      'N=2@4 production',
      'N=3@6 staging',
      'N=1@2 -',
      'PORT=8080@2 -',
      'R=1@4 -',
      'T=1@1 -',
      'V=1@1 -',
      'VB=2@1 -',
      'W=2@4 production',
      'W=1@3 -',
    ]);
  });

  it('reports invalid YAML with its line, notes templates, and bounds alias bombs', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let index = 0; index < 8; index += 1) {
      const [name, previous] = [String.fromCharCode(98 + index), String.fromCharCode(97 + index)];
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${previous}`).join(',')}]`);
    }
    const workspace = open({
      'docker-compose.yml': 'services:\n  a: [\n  b: }\n',
      'compose.dev.yaml': bomb.join('\n'),
      'chart/templates/x.yaml': 'apiVersion: v1\nkind: Deployment\nspec: {{ .Values.x }}\n  y: {{ z }}\n',
      'k8s/deep.yaml': `kind: Pod\nx: ${'['.repeat(20_000)}`,
      '.env': 'A=1',
    });
    expect(workspace.unanalysed.map((item) => `${item.path} ${item.kind}`)).toEqual([
      'chart/templates/x.yaml note',
      'compose.dev.yaml failed',
      'docker-compose.yml failed',
      'k8s/deep.yaml failed',
    ]);
    expect(workspace.unanalysed.find((item) => item.path === 'docker-compose.yml')?.line).toBeGreaterThan(1);
    expect(workspace.env('A')).toHaveLength(1);
  });
});
