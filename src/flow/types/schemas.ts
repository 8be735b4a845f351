/** `z.infer<typeof schema>` and its like: the shape is the engine's to know, the way to the schema's variable is ours. */
import type { TypeRef } from '../../facts/ir.js';
import { inner, type Scope, type T } from './kinds.js';
import type { Wiring } from './wiring.js';

/** Last segment of the type's name, whatever library it comes from. */
const INFERS = new Set([
  'infer',
  'input',
  'output',
  'TypeOf',
  'InferType',
  'InferOutput',
  'InferInput',
  'Infer',
  'Static',
  'InferSchemaType',
  'InferSelectModel',
  'InferInsertModel',
]);
const INFERRING_MEMBER = /^(.+)\.(?:\$inferSelect|\$inferInsert|infer|_type|_output|_input|Type)$/;

/** Null: the name is not one that infers from a schema. */
export function schemaType(use: Wiring, path: readonly string[], args: readonly TypeRef[], scope: Scope): T | null {
  const first = args[0];
  if (first === undefined || !INFERS.has(path[path.length - 1] ?? '')) return null;
  if (first.k === 'typeof') return schemaOf(use, scope, first.name) ?? use.types.any;
  // `type Of<S> = z.infer<S>` applied to `typeof schema` is known by the value's type only.
  return use.types.any;
}

/** `typeof users.$inferSelect` */
export function schemaMember(use: Wiring, scope: Scope, dotted: string): T | null {
  const schema = INFERRING_MEMBER.exec(dotted)?.[1];
  return schema === undefined ? null : schemaOf(use, scope, schema);
}

function schemaOf({ deps, lookup, types }: Wiring, scope: Scope, dotted: string): T | null {
  if (deps.schemaShape === undefined) return null;
  const entity = lookup.find(scope.file, scope.fn, scope.ns, dotted, 'value');
  if (entity.e !== 'value') return null;
  const name = [entity.name, ...entity.path].join('.');
  const shape = deps.schemaShape(entity.file, name);
  return shape === null ? types.any : inner(shape);
}
