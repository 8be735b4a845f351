/** The parts of the type system that ask each other. */
import type { ClassTable } from './classes.js';
import type { TypeDeps } from './deps.js';
import type { Lookup } from './lookup.js';
import type { Members } from './members.js';
import type { PrismaTypes } from './prisma.js';
import type { Resolver } from './resolver.js';
import type { Universe } from './universe.js';
import type { Values } from './values.js';

export interface Wiring {
  readonly deps: TypeDeps;
  readonly types: Universe;
  readonly lookup: Lookup;
  readonly resolver: Resolver;
  readonly members: Members;
  readonly values: Values;
  readonly classes: ClassTable;
  readonly prisma: PrismaTypes;
}
