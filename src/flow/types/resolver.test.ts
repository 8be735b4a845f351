import { describe, expect, it } from 'vitest';
import { typeRef, world } from './testing/world.js';

const PATIENT = `export interface Patient { firstName: string; ssn: string; visits: Visit[]; active: boolean }
export interface Visit { reason: string; at: Date }`;

/** The kind and name of a type, in one word. */
function show(w: ReturnType<typeof world>, text: string, file?: string): string {
  const type = w.type(text, file);
  return `${type.k} ${type.name}`;
}

describe('names', () => {
  it('finds declarations of the module', () => {
    expect(show(world({ 'a.ts': PATIENT }), 'Patient')).toBe('obj Patient');
  });

  it('finds declarations of the function around, before those of the module', () => {
    const w = world({
      'a.ts': `type Row = string; function f() { type Row = { dob: string }; function g(r: Row) {} }`,
    });
    const inner = w.facts('a.ts').functions.findIndex(({ name }) => name.endsWith('g'));
    expect(w.types.resolve('a.ts', inner, { k: 'ref', name: 'Row' }).k).toBe('obj');
    expect(w.types.resolve('a.ts', 0, { k: 'ref', name: 'Row' }).k).toBe('prim');
  });

  it('takes type parameters of functions and classes for any', () => {
    const w = world({ 'a.ts': `type T = { dob: string }; function f<T>(x: T) {} class Box<T> { get(x: T) {} }` });
    const at = (name: string): number => w.facts('a.ts').functions.findIndex((fn) => fn.name === name);
    expect(w.types.resolve('a.ts', at('f'), { k: 'ref', name: 'T' })).toBe(w.types.any);
    expect(w.types.resolve('a.ts', at('Box.get'), { k: 'ref', name: 'T' })).toBe(w.types.any);
  });

  it('binds type parameters that the caller knows', () => {
    const w = world({ 'a.ts': PATIENT });
    const env = new Map([['T', w.type('Patient')]]);
    expect(w.types.resolve('a.ts', 0, typeRef('Promise<T[]>'), env).name).toBe('Promise<Patient[]>');
  });

  it('follows imports, renames, barrels and export *', () => {
    const w = world({
      'a.ts': `import { Person as P } from './barrel'; import type { Visit } from './barrel'; import D from './barrel';`,
      'barrel.ts': `export * from './deep'; export { Patient as Person, default } from './model';`,
      'deep.ts': `export * from './model';`,
      'model.ts': `${PATIENT}\nexport default interface Chart { mrn: string }`,
    });
    expect(show(w, 'P')).toBe('obj Patient');
    expect(show(w, 'Visit')).toBe('obj Visit');
    expect(show(w, 'D')).toBe('obj Chart');
  });

  it('follows namespaces: import *, export * as, declared ones', () => {
    const w = world({
      'a.ts': `import * as models from './model'; import { m } from './barrel';
        namespace Api { export interface Body { dob: string } export type Pair = [Body, Body] }`,
      'barrel.ts': `export * as m from './model';`,
      'model.ts': PATIENT,
    });
    expect(show(w, 'models.Patient')).toBe('obj Patient');
    expect(show(w, 'm.Visit')).toBe('obj Visit');
    expect(show(w, 'Api.Body')).toBe('obj Body');
    expect(show(w, 'Api.Pair')).toBe('array [Body, Body]');
  });

  it('follows import types and exported imports', () => {
    const w = world({
      'a.ts': `import { Visit } from './again';`,
      'again.ts': `import { Visit } from './model'; export { Visit };`,
      'model.ts': PATIENT,
    });
    expect(show(w, `import('./model').Patient`)).toBe('obj Patient');
    expect(show(w, 'Visit')).toBe('obj Visit');
  });

  it('knows global declarations of scripts and declaration files', () => {
    const w = world({
      'a.ts': `export const x = 1;`,
      'globals.d.ts': `interface Chart { mrn: string } declare namespace App { interface User { email: string } }`,
      'env.d.ts': `export {}; declare global { interface SessionPatient { dob: string } }`,
    });
    expect(show(w, 'Chart')).toBe('obj Chart');
    expect(show(w, 'App.User')).toBe('obj User');
    expect(show(w, 'SessionPatient')).toBe('obj SessionPatient');
  });

  it('does not take a type of another module for a global', () => {
    const w = world({ 'a.ts': `export const x = 1;`, 'b.ts': `export interface Chart { mrn: string }` });
    expect(w.type('Chart')).toBe(w.types.any);
    expect(w.type('Request')).toBe(w.types.any);
  });

  it('finds types that JSDoc names without importing them', () => {
    const w = world({ 'a.js': `exports.x = 1;`, 'types.ts': `export interface Chart { mrn: string }` });
    expect(show(w, 'Chart')).toBe('obj Chart');
  });

  it('survives circular modules and exports', () => {
    const w = world({
      'a.ts': `import { B } from './b'; export interface A { b: B; name: string } export * from './b';`,
      'b.ts': `import { A } from './a'; export interface B { a: A } export * from './a';`,
    });
    const b = w.types.member(w.type('A'), 'b')!;
    expect(w.types.member(b, 'a')).toBe(w.type('A'));
    expect(w.type('Nowhere')).toBe(w.types.any);
  });

  it('gives package types their id', () => {
    const w = world(
      {
        'a.ts': `import OpenAI from 'openai'; import { Queue } from 'bullmq'; import * as Sentry from '@sentry/node';
        import Stripe from 'stripe'; import express from 'express'; import { IncomingMessage } from 'node:http';
        import { Thing } from 'openai/resources';`,
      },
      { knownType: (id) => ['stripe#Stripe', 'openai/resources#Thing'].includes(id) },
    );
    const ext = (text: string): string | null => w.types.external(w.type(text));
    expect(ext('OpenAI')).toBe('openai#default');
    expect(ext('Queue')).toBe('bullmq#Queue');
    expect(ext('Sentry.Event | null')).toBe('@sentry/node#Event');
    expect(ext('Stripe')).toBe('stripe#Stripe');
    expect(ext('express.Request')).toBe('express#Request');
    expect(ext('IncomingMessage')).toBe('http#IncomingMessage');
    expect(ext('Thing')).toBe('openai/resources#Thing');
    expect(ext('string')).toBeNull();
  });

  it('sees a package type through interfaces, classes and intersections', () => {
    const w = world({
      'a.ts': `import OpenAI from 'openai'; class Mine extends OpenAI { tag = '' }
        interface Wide extends OpenAI { extra: string }`,
    });
    for (const text of ['Mine', 'Wide', 'OpenAI & { x: 1 }'])
      expect(w.types.external(w.type(text))).toBe('openai#default');
    expect(w.types.member(w.type('Wide'), 'extra')!.name).toBe('string');
  });
});

describe('type expressions', () => {
  const w = world({
    'a.ts': `${PATIENT}
      type Id = string & { __brand: 'Id' };
      type Page<T> = { items: T[]; next: Page<T> | null };
      type Keys = keyof Patient;
      type Flags = { [K in keyof Patient]: boolean };
      type Copy<T> = { [K in keyof T]: T[K] };
      enum Role { Nurse = 'nurse', Doctor = 'doctor' }
      type Staff = { kind: 'staff'; email: string }; type Client = { kind: 'client'; dob: string };
      const SIZES = ['s', 'm'] as const;
      const config = { url: 'x', nested: { deep: 1 } };
      function load(id: string): Promise<Patient> { return null! }
      async function find(id: string) { return await load(id) }
      class Db<T> { constructor(public url: string, n: number) {} get(): T { return null! } static make() { return new Db() } }
      interface Shape { a: string } interface Shape { b: number }
      interface Deep extends Patient, Shape { c: string }
      class Both { x = 1 } interface Both { y: string }
      type Fn = (p: Patient, n: number) => Visit;
      interface Callable { (p: Patient): Visit; tag: string }`,
  });
  const member = (text: string, ...path: string[]): string => {
    let type = w.type(text);
    for (const name of path) type = w.types.member(type, name) ?? w.types.any;
    return type.name;
  };

  it.each([
    ['Patient | null | undefined', 'obj Patient'],
    ['Patient | Visit', 'union Patient | Visit'],
    ['Id', 'prim string'],
    ['unknown', 'any any'],
    ['Array<Patient>', 'array Patient[]'],
    ['ReadonlyArray<Patient>', 'array Patient[]'],
    ['Set<Patient>', 'array Patient[]'],
    ['AsyncIterable<Patient>', 'array Patient[]'],
    ['Map<string, Patient>', 'map Map<…, Patient>'],
    ['Record<string, Patient>', 'map Record<string, Patient>'],
    ['{ [id: string]: Patient }', 'map Record<string, Patient>'],
    ['Promise<Promise<Patient>>', 'promise Promise<Patient>'],
    ['Awaited<Promise<Patient>>', 'obj Patient'],
    ['NonNullable<Patient | null>', 'obj Patient'],
    ['Partial<Readonly<Patient>>', 'obj Patient'],
    ['ReturnType<typeof load>', 'promise Promise<Patient>'],
    ['Awaited<ReturnType<typeof load>>', 'obj Patient'],
    ['Awaited<ReturnType<typeof find>>', 'obj Patient'],
    ['ReturnType<Fn>', 'obj Visit'],
    ['Parameters<Fn>[0]', 'obj Patient'],
    ['Parameters<typeof load>', 'array [string]'],
    ['InstanceType<typeof Db>', 'class Db<any>'],
    ['ReturnType<typeof Db.make>', 'class Db<any>'],
    ['ConstructorParameters<typeof Db>[1]', 'prim number'],
    ['Db<Patient>', 'class Db<Patient>'],
    ['typeof Db', 'typeof-class typeof Db'],
    [`Patient['visits'][number]`, 'obj Visit'],
    [`Patient['ssn' | 'active']`, 'union boolean | string'],
    ['Keys', 'union "active" | "firstName" | "ssn" | "visits"'],
    [`Exclude<'a' | 'b', 'a'>`, 'lit "b"'],
    [`Extract<Staff | Client, { kind: 'client' }>`, 'obj Client'],
    [`Exclude<Staff | Client, { kind: 'client' }>`, 'obj Staff'],
    [`(typeof SIZES)[number]`, 'union "m" | "s"'],
    ['Role.Nurse', 'lit "nurse"'],
    ['Uppercase<string>', 'prim string'],
    ['Patient extends infer U ? U : Visit', 'obj Visit'],
    ['any & Patient', 'obj Patient'],
    ['Patient | any', 'obj Patient'],
    ['Date', 'prim Date'],
  ])('%s is %s', (text, expected) => expect(show(w, text)).toBe(expected));

  it.each([
    ['Page<Patient>', ['items', '0'], 'Patient'],
    ['Page<Patient>', ['next', 'next', 'items'], 'Patient[]'],
    [`Pick<Patient, 'ssn'>`, ['ssn'], 'string'],
    [`Pick<Patient, 'ssn'>`, ['firstName'], 'any'],
    [`Omit<Patient, 'ssn'>`, ['ssn'], 'any'],
    [`Omit<Patient, 'ssn'>`, ['visits', '0', 'at'], 'Date'],
    ['Flags', ['ssn'], 'boolean'],
    ['Copy<Patient>', ['visits'], 'Visit[]'],
    ['Patient & Shape', ['b'], 'number'],
    ['Shape', ['b'], 'number'],
    ['Deep', ['ssn'], 'string'],
    ['Deep', ['c'], 'string'],
    ['Both', ['y'], 'string'],
    ['Both', ['x'], 'number'],
    ['Db<Patient>', ['url'], 'string'],
    [`Record<'a' | 'b', Patient>`, ['a', 'ssn'], 'string'],
    ['Record<string, Patient>', ['whatever', 'ssn'], 'string'],
    ['Patient | Visit', ['reason'], 'string'],
    ['typeof config', ['nested', 'deep'], '1'],
    ['[Patient, Visit]', ['1'], 'Visit'],
    ['string[]', ['length'], 'number'],
  ])('%s at %j is %s', (text, path, expected) => expect(member(text, ...path)).toBe(expected));

  it('answers calls of methods, functions and call signatures', () => {
    const { types } = w;
    const get = types.member(w.type('Db<Patient>'), 'get')!;
    expect(types.returns(get)).toBe(w.type('Patient'));
    expect(types.param(w.type('Fn'), 0)).toBe(w.type('Patient'));
    expect(types.param(w.type('Fn'), 2)).toBeNull();
    expect(types.returns(w.type('Callable'))!.name).toBe('Visit');
    expect(types.param(w.type('Callable'), 0)!.name).toBe('Patient');
    expect(types.returns(w.type('Patient'))).toBeNull();
  });

  it('answers elements and awaited values', () => {
    const { types } = w;
    expect(types.element(w.type('Map<string, Patient>'))).toBe(w.type('Patient'));
    expect(types.element(w.type('Patient[] | null'))).toBe(w.type('Patient'));
    expect(types.element(w.type('string'))).toBeNull();
    expect(types.awaited(w.type('Promise<Patient> | Visit')).name).toBe('Patient | Visit');
    expect(types.awaited(types.promise(types.array(w.type('Patient'))))).toBe(w.type('Patient[]'));
  });

  it('narrows discriminated unions', () => {
    const both = w.type('Staff | Client');
    expect(w.types.narrow(both, { field: 'kind', value: 'client' }, true)).toBe(w.type('Client'));
    expect(w.types.narrow(both, { field: 'kind', value: 'nothing' }, true)).toBeNull();
    expect(w.types.narrow(w.type('Patient'), { field: 'ssn', value: 'x' }, true)).toBe(w.type('Patient'));
  });

  it('interns: equal types are the same object', () => {
    expect(w.type('Promise<Patient | Visit>')).toBe(w.type('Promise<Visit | Patient>'));
    expect(w.type('Page<Patient>')).toBe(w.type('Page<Patient>'));
    expect(w.type('Page<Patient>')).not.toBe(w.type('Page<Visit>'));
  });
});

describe('library types that carry their argument', () => {
  const w = world({
    'a.ts': `import axios, { AxiosResponse } from 'axios'; import { Request, RequestHandler } from 'express'; import React from 'react';
      import { HydratedDocument } from 'mongoose'; import { FastifyRequest } from 'fastify'; import { BotEvent } from '@medplum/core';
      ${PATIENT}
      function Card(props: { patient: Patient }) { return null }`,
    'express.d.ts': `declare namespace Express { interface Request { chart?: string } }`,
  });
  const member = (text: string, name: string): string | undefined => w.types.member(w.type(text), name)?.name;

  it('hands the argument on', () => {
    expect(member('AxiosResponse<Patient>', 'data')).toBe('Patient');
    expect(member('Request<{}, any, Patient>', 'body')).toBe('Patient');
    expect(member('FastifyRequest<{ Body: Patient }>', 'body')).toBe('Patient');
    expect(member('BotEvent<Patient>', 'input')).toBe('Patient');
    expect(w.type('HydratedDocument<Patient>').name).toBe('Patient');
    expect(w.types.param(w.type('React.FC<{ patient: Patient }>'), 0)!.k).toBe('obj');
    expect(w.types.member(w.types.param(w.type('RequestHandler<{}, any, Patient>'), 0)!, 'body')!.name).toBe('Patient');
    expect(w.types.member(w.type('React.ComponentProps<typeof Card>'), 'patient')!.name).toBe('Patient');
  });

  it('knows what the code base adds to a package type', () => {
    expect(member('Request', 'chart')).toBe('string');
    expect(member('Request', 'nothing')).toBeUndefined();
  });
});

describe('schemas', () => {
  const sources = {
    'a.ts': `import { z } from 'zod'; import * as yup from 'yup'; import { intake } from './schema';
      type Intake = z.infer<typeof intake>; type Out = z.output<typeof intake>; type Yup = yup.InferType<typeof intake>;`,
    'schema.ts': `import { z } from 'zod'; export const intake = z.object({ dob: z.string() });`,
  };

  it('asks for the shape of the variable that holds the schema', () => {
    const asked: string[] = [];
    const w = world(sources, {
      schemaShape: (file, name) => {
        asked.push(`${file}#${name}`);
        return w.types.shape('Intake', new Map([['dob', null]]));
      },
    });
    for (const text of ['Intake', 'Out', 'Yup']) expect(w.type(text).name).toBe('Intake');
    expect(new Set(asked)).toEqual(new Set(['schema.ts#intake']));
    expect(w.says('Intake')).toBe('C:Intake.dob');
  });

  it('knows nothing without it', () => {
    const w = world(sources);
    expect(w.type('Intake')).toBe(w.types.any);
  });
});
