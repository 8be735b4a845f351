/**
 * Generic types of well-known libraries that hand their type argument on: where the value of the argument is found
 * in them. By name alone (`Request` of express or of @types/express-serve-static-core): these names are theirs.
 */
import type { ExtT, T } from './kinds.js';
import type { Universe } from './universe.js';
import type { MemberQueries } from './wiring.js';

/** Types that are their first argument, give or take modifiers that say nothing about the data. */
const TRANSPARENT = new Set(
  (
    'WithId WithoutId OptionalId HydratedDocument HydratedDocumentFromSchema LeanDocument FlattenMaps Loaded DeepPartial ' +
    'PartialDeep RequiredDeep ReadonlyDeep Simplify Selectable Insertable Updateable PropsWithChildren PropsWithRef ' +
    'Draft Immutable WritableDraft Writable Writeable SetOptional SetRequired SetNonNullable Jsonify Serialized ' +
    'SerializeFrom Tagged Opaque Branded SetStateAction UnwrapNestedRefs DeepReadonly Nullable Maybe ObjectOf ' +
    'UnwrapRef RequiredKeys Prettify Expand'
  ).split(' '),
);

export function transparent(name: string): boolean {
  return TRANSPARENT.has(name);
}

/** `member: argument` or `member: argument.field`; `[]` are elements, `await` is what a promise of it gives. */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AxiosResponse: { data: '0' },
  GaxiosResponse: { data: '0' },
  AxiosRequestConfig: { data: '0' },
  AxiosPromise: { await: 'AxiosResponse' },
  Request: { params: '0', body: '2', query: '3' },
  NextRequest: {},
  FastifyRequest: { body: '0.Body', query: '0.Querystring', params: '0.Params', headers: '0.Headers' },
  Job: { data: '0' },
  BotEvent: { input: '0' },
  PayloadAction: { payload: '0' },
  UseQueryResult: { data: '0' },
  DefinedUseQueryResult: { data: '0' },
  UseSuspenseQueryResult: { data: '0' },
  UseMutationResult: { data: '0', variables: '2' },
  SWRResponse: { data: '0' },
  QueryResult: { data: '0', rows: '0[]' },
  RefObject: { current: '0' },
  MutableRefObject: { current: '0' },
  Ref: { value: '0', current: '0' },
  ShallowRef: { value: '0' },
  ComputedRef: { value: '0' },
  FormikProps: { values: '0' },
  MessageEvent: { data: '0' },
  CustomEvent: { detail: '0' },
  Observable: { '[]': '0' },
  BehaviorSubject: { '[]': '0', value: '0' },
  Subject: { '[]': '0' },
  GridRenderCellParams: { row: '0' },
  CellContext: { row: '0' },
  Row: { original: '0' },
};

/** Function types: parameters by argument, or by a type built from all arguments (`Request`). */
const FUNCTIONS: Readonly<Record<string, { readonly params: readonly string[]; readonly ret?: string }>> = {
  FC: { params: ['0'] },
  FunctionComponent: { params: ['0'] },
  VFC: { params: ['0'] },
  NextPage: { params: ['0'] },
  SubmitHandler: { params: ['0'] },
  RequestHandler: { params: ['Request'] },
  Handler: { params: ['0'], ret: '1' },
  Dispatch: { params: ['0'] },
  Processor: { params: ['Job'] },
  Reducer: { params: ['0', '1'], ret: '0' },
  Selector: { params: ['0'], ret: '1' },
};

export function carrierMember(types: Universe, type: ExtT, name: string, members: MemberQueries): T | null {
  const path = memberOf(type, name);
  return path === undefined ? null : follow(types, type, path, members);
}

/** Names of the members that carry data, for those who look at the whole. */
export function carrierFields(type: ExtT): readonly string[] {
  if (type.args.length === 0) return [];
  return Object.keys(own(MEMBERS, lastName(type)) ?? {}).filter((name) => /^\w+$/.test(name) && name !== 'await');
}

export function carrierParams(types: Universe, type: ExtT, members: MemberQueries): readonly T[] {
  const params = own(FUNCTIONS, lastName(type))?.params ?? [];
  return type.args.length === 0 ? [] : params.map((path) => follow(types, type, path, members) ?? types.any);
}

export function carrierResult(types: Universe, type: ExtT, members: MemberQueries): T | null {
  const path = own(FUNCTIONS, lastName(type))?.ret;
  return path === undefined ? null : follow(types, type, path, members);
}

function follow(types: Universe, type: ExtT, path: string, members: MemberQueries): T | null {
  if (/^[A-Z]/.test(path)) return types.ext(`${type.typeId.slice(0, type.typeId.indexOf('#'))}#${path}`, type.args);
  const [, at, list, field] = /^(\d+)(\[\])?(?:\.(\w+))?$/.exec(path) ?? [];
  const arg = type.args[Number(at)];
  if (arg === undefined) return null;
  if (list !== undefined) return types.array(arg);
  return field === undefined ? arg : members.member(arg, field);
}

function lastName(type: ExtT): string {
  return type.typeId.slice(Math.max(type.typeId.lastIndexOf('.'), type.typeId.indexOf('#')) + 1);
}

function memberOf(type: ExtT, name: string): string | undefined {
  const members = own(MEMBERS, lastName(type));
  return members && own(members, name);
}

/** Names come from the scanned code: `constructor` is no entry of a table. */
function own<V>(table: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
