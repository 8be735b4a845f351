/**
 * The one format of everything we know about code that is not the project's own: rules/recipients,
 * rules/sources, rules/deidentifiers, rules/libraries and users' packs are all `ModelFile`s.
 *
 * A model file describes packages the way a declaration file does: exports have members, calls give
 * values of named types, types have members. On any callable hangs what it means for PHI: a `sink`, a
 * `source`, a `sanitizer`, a `config` point, or just how data moves through it (`flow`).
 *
 * **Argument paths** (`ArgPath`) name a value at a call: `0.messages`, `1`, `0.input.text`. A path names the
 * whole value there, everything inside included. `[]` steps into elements: `0.messages[].content`. `*` is all
 * arguments; `0..` is argument 0 and all later ones. A name that has dots of its own stands in quotes:
 * `1.integrations."Segment.io".apiHost`.
 *
 * **Value paths** (`ValuePath`) say where a decision comes from: an ArgPath of the constructing call
 * (`0.baseURL`), `call:0.model` (of the sink's call), `this:defaults.baseURL` (what that property of the receiver is set
 * to, or of what it was made from, if no other path says anything), `on:open.1` (argument 1 of a call of `open` on the
 * same receiver, else of the package's function `open` anywhere in the code base; `on:serverURL=.0` is what the package's
 * `serverURL` is set to, `on:config.update.0.region` an argument of its `config.update`), `env:NAME` (environment value),
 * `const:text`. In a list the first that is present decides; where a text is asked for (host, region, model …), objects
 * do not count as present.
 *
 * **Derived values.** A value that a member of another value returns (`client.withOptions(…)`, `pc.index(…)`,
 * `openai('gpt-4o')` of a provider) was built by that call *and* by the calls that built its receiver: argument paths are
 * looked up at the last call first, then at the receiver's and so on; `env:` and `const:` come after all of them. That is
 * for types with a `recipient` of their own; a type without one has its receiver's, as it was decided there.
 *
 * **Several files** may describe one package, type or member: their parts are united (one says `source`, another `sink`);
 * the same part said differently is an error, except in users' packs, which have the last word.
 *
 * **Names.** `()` as a member is calling the value itself (`axios(config)` on an instance, `openai('gpt-4o')` on a
 * provider), `src=` is assigning it (the assigned value is argument 0). A package without a `default` export gives its
 * namespace as default (`import AWS from 'aws-sdk'`). Export names may start with `*` (`*Command`): they count for names
 * that nothing else matches. Types of globals are those of the package `global` (`global#WebSocket`), which is also where
 * an annotation without import points.
 * The vendor `http` is nobody: the host alone decides, and an unresolved one is an unknown recipient.
 */
export type ArgPath = string;
export type ValuePath = string;

export interface ModelFile {
  readonly id: string;
  readonly name: string;
  /** Present on recipients: who this is and what we know of its agreement. */
  readonly vendor?: VendorFacts;
  /** The vendor whose packages and hosts these are, if its facts stand in another file (large vendors have several). */
  readonly of?: string;
  /** Host suffixes (label boundaries; `*.` allowed) → vendor and service, for raw HTTP and base URLs. */
  readonly hosts?: readonly HostRule[];
  /** Request headers that mark a proxy, whichever client sends them (`Helicone-Auth`): one more recipient. */
  readonly headers?: readonly HeaderRule[];
  /** By import specifier: `openai`, `@sentry/node`, `openai/realtime/ws`. `npm:` and version suffixes are stripped before lookup. */
  readonly packages?: Readonly<Record<string, PackageModel>>;
  /** Global names (`fetch`, `gtag`, `JSON.stringify`), dotted. */
  readonly globals?: Readonly<Record<string, Member>>;
  /** Methods by name on receivers of which nothing else is known (`map`, `then`, `join` …): language built-ins only. */
  readonly methods?: Readonly<Record<string, Member>>;
  /** Files whose exported object configures a package, without a call: `newrelic.js`, `elastic-apm-node.js`. */
  readonly configFiles?: readonly ConfigFile[];
  /** Tracing and redirection that the environment alone switches on (LANGSMITH_TRACING=true …). */
  readonly switches?: readonly EnvSwitch[];
}

export interface PackageModel {
  /** Same model under further specifiers (`@sentry/browser`, `@sentry/react` …); a trailing `*` is allowed (`@langchain/*`). */
  readonly aliases?: readonly string[];
  /** Export name → what it is; `default` is the default export, `*` the namespace called or used as a whole. */
  readonly exports: Readonly<Record<string, Member>>;
  readonly types?: Readonly<Record<string, TypeModel>>;
}

export interface TypeModel {
  /** Another type of the same package, or `package#Type`. */
  readonly extends?: string;
  /**
   * Dotted member path → what it is: `chat.completions.create`; `()` is calling the value itself, `*` (with a `type`) any
   * other property: a list or a record of clients.
   */
  readonly members?: Readonly<Record<string, Member>>;
  /** How an instance decides to whom calls on it go; absent: as the value it was made from, else the file's vendor. */
  readonly recipient?: RecipientRule;
  /**
   * The instance is a message for a `send`-like sink (AWS Command objects, `new Request(…)`): its constructor call takes
   * the place of the sink's call, so `content: [0.messages]` and `model: call:0.modelId` are arguments of the constructor.
   */
  readonly command?: Sink | readonly Sink[];
  /** Content that it was made of travels with it, for its own members (`made(0)`) to hand on: a prompt with values filled in. */
  readonly keeps?: boolean;
  /**
   * Code puts properties of its own on objects of this type, and a framework hands them on: what is put on one under a
   * name is read on all of this word (`express`: a request that a middleware gave its user).
   */
  readonly attached?: string;
  /** Values of this type are PHI of this model, or come from outside (`request`, `upload` …). */
  readonly source?: Source;
}

/** An export, a member or a global. */
export interface Member {
  /** `new X(…)` (or calling it) gives an instance of this type. */
  readonly new?: string;
  /** Reading it gives a value of this type. */
  readonly type?: string;
  /** Calling it gives a value of this type; `same` is the receiver itself (fluent, `withOptions`), `await` unwraps a promise anyway. */
  readonly returns?: string;
  readonly sink?: Sink | readonly Sink[];
  readonly source?: Source;
  /** A request: what comes back is read off its address, unless `source` says what it is. */
  readonly answer?: Answer;
  readonly sanitizer?: Sanitizer;
  readonly config?: ConfigPoint;
  /** Types of callback parameters: `cb0.0: Scope` (parameter 0 of the callback passed as argument 0). */
  readonly callbacks?: Readonly<Record<string, string>>;
  /**
   * The value that the call gives hands its own calls on to the recipients of these values: `this`, `0`, `0.llm`, `0[]`
   * (`prompt.pipe(model)`, `new Agent({ model })`, `RunnableSequence.from([…])`). All of them count; of `0.model|this` the
   * first that is there.
   */
  readonly via?: readonly string[];
  /** Whom a plain text at a `via` place names (`new Agent({ model: 'openai/gpt-5' })`). */
  readonly viaText?: RecipientRule;
  /**
   * How data moves: `from -> to`, parts being `this`, `this[]` (elements), `0`, `0.field`, `0[]`, `0..`, `return`,
   * `return[]`, `return.field`, `cb0.1` (parameter 1 of the callback passed as argument 0), `cb0.return`, `throw`,
   * `text(0)` (the data becomes text or bytes: fields cannot be told apart any more), `channel:name` with `{0}` for a
   * constant argument (`channel:event:{0}`). An empty list: nothing flows (counts, comparisons).
   * Callbacks may stand anywhere in the arguments and may be told apart by how many parameters they declare:
   * `cb(0.queryFn).return`, `cb(1..)/4.0`; `cb0.1` on the left is what the callback's parameter holds afterwards.
   * A channel's name may also hold `{call}` (this very call), `{this}` and `{@0}` (where the receiver or an argument was
   * made), `{root}` (where the first object was made of which members gave the receiver), `{this.0}` (a constant of the call that made the receiver), `{text:0}` (a constant; no channel where it is not one), `{path:0}` (the path of a URL of the code base's own;
   * none otherwise), `{verb:1.method}` (GET where it is left out) and `{edge}` (the folder that names an edge function);
   * `=>body` is a property of what the channel holds, `typed(channel:x;0)` says that the call's type argument 0 declares it.
   * `setter(channel:x)` is a function that stores into it what it is given, or what the function that it is given makes of
   * the old value; `setter(channel:x;0)` stores what the reducer at argument 0 makes of both, `through(channel:x;0)` calls
   * the function at argument 0 and stores its result; `getter(channel:x)` reads it, `thrower(channel:x)` fails with it. `reader(channel:x)` and
   * `writer(channel:x)` are functions whose first argument says by where it was made which channel of that name is meant;
   * `giver(0)` is a function that gives a value, `source` what the member's `source` gives,
   * `columns(this;0..)` rows with the columns that arguments name. `json(0)` is text that remembers what it
   * was made of, `parsed(0)` what it was made of. A member `key=` says what assigning a property does.
   * `bind(0;1..)` is the function at argument 0 with further arguments given, `bind(0;1[])` with those of a list.
   * `error(this)`, `error(0)`, `error(cb0.return)` and `error(return)` are a promise's rejection, `settled(this)` is what it
   * holds without it, `cb0.throw` is what the callback throws, `year(x)` keeps of dates the year, `const:text` is a text, `unknown` what the code
   * does not say (what an earlier visit left in a store);
   * `piped(this;0..)` calls the functions of an argument list one after the other on what the one before gave, `compose(0..)`
   * (`reversed(0..)`) is one function of them all; `called(0;this.0)` is what a function, a client that can be called or a
   * record of such (`this`, `this.from`: what the receiver was made from) gives for a value; `filled(0;this.0)` what of a
   * value the places of a template name (`{name}`, `{{patient.name}}`), `place(0)` the text of one place; `answer` is what the
   * model answers to what the call sends, `shaped(answer;0.schema)` what a schema at an argument lets through of it;
   * `instance(0;1;Exclude/Expose)` is an instance of the class at argument 0 with the data at argument 1, `plain(0;…)` the
   * data of an instance, both without what the class hides by the first decorator (with `!`: only what it shows by the second); `cb(this.0)` is a callback that the call that made the receiver was given.
   * `made(0)` is an argument of the call that made the receiver; `data(0)` is what of it may be about a person, without addresses and settings; `whole(0)` what is known of it beside its named properties; `promisified(0)` is the function at argument 0 without its callback, `nodeback(channel:x)` such a callback.
   * `spread(0..)` is the arguments written one over the other; `all(0)` and `all(this)` on the right say that
   * it takes the place of what was there; `emptied(this)` is the receiver without what was put into it.
   * `{each:0.reducers}` in a rule stands for every property that the object there has, `{each}` for the same name again;
   * `{lower:0}` is a key whatever its case; in a channel's name, `{here}` is this file and `{file:0}` the file named there.
   * a rule may end in `unless 1` (only if argument 1 is left out) or `if this.0` (only if the receiver was made with it); `unless 0.{any}`: only if nothing in it has a name.
   * Absent: for a sink nothing comes back but what `output` says, for a sanitizer its output; else the default of
   * unmodelled calls (arguments and receiver → result and callback parameters).
   */
  readonly flow?: readonly string[];
  /**
   * The call hands its client argument on, adding a recipient: `wrapOpenAI(client)`, `withTracing(model)`. If the
   * argument is a function (`traceable(fn)`), arguments and results of calls of what it gives go to the added recipient.
   */
  readonly wraps?: { readonly arg: ArgPath; readonly adds: RecipientRule; readonly when?: Condition };
  /** What reading it gives, in the words of `flow` (`this` is the object): `year(this) -> return`, nothing for a size. */
  readonly get?: readonly string[];
  /** How many arguments it takes: called with fewer, it gives a function that waits for the rest. */
  readonly arity?: number;
  /** Members, for exports that are namespaces or static holders (`Sentry.logger.info`). Dotted names are allowed in the parent, too. */
  readonly members?: Readonly<Record<string, Member>>;
}

export interface Sink {
  /** The service a BAA would name: `chat-completions`, `errors`, `vectors` … */
  readonly service: string;
  readonly endpoint?: string;
  /** Which arguments carry content; absent: all. `channel:…` (as in `flow`) is what a channel holds. */
  readonly content?: readonly ArgPath[];
  /** Who gets it: the receiver's RecipientRule (default), the value at an argument, a URL at an argument, or a fixed vendor. */
  readonly to?: ToArgument | ToUrl | ToCommand | RecipientRule;
  readonly model?: ValuePath;
  /**
   * Where instructions to a model stand, apart from what it works on: `0.system`, or the elements of a list that a field
   * marks as such (`0.messages[role=system|developer]`).
   */
  readonly instructions?: readonly ArgPath[];
  /** The argument is (also) a URL that others on the way record: decides `phi-in-url`. */
  readonly urlArg?: ArgPath;
  /** Content that becomes part of the URL (`params` of axios). */
  readonly query?: readonly ArgPath[];
  /** What kind of hand-over it is, where a policy asks. */
  readonly as?:
    | 'error'
    | 'log'
    | 'url'
    | 'notification'
    | 'tracker'
    | 'training'
    | 'stored'
    | 'record-write'
    | 'message-to-patient';
  /** Error objects here lose or keep what: `message` only (plain JSON), or own properties as well. */
  readonly errors?: 'message' | 'props';
  /** The result is model output (PHI again if the input was). */
  readonly output?: boolean;
  /** Content kept by the vendor afterwards: `always`, or unless/if an argument has a value. */
  readonly retained?: 'always' | Condition;
  readonly when?: Condition;
}

/** The value at `arg` is the recipient (a model, a transport); `text` says who it is if a plain text stands there. */
export interface ToArgument {
  readonly arg: ArgPath;
  readonly text?: RecipientRule;
}

/** The first present of `url` is a URL or a bare host name; a relative one is completed by the receiver's host. */
export interface ToUrl {
  readonly url: ArgPath | readonly ArgPath[];
}

/** If the value there is of a type with a `command`, that says what is sent; else the sink says nothing. */
export interface ToCommand {
  readonly command: ArgPath;
}

export interface RecipientRule {
  readonly vendor: string;
  /** Where it is present, it decides over the sink's service (a model value knows better than `generateText`). */
  readonly service?: string;
  /** Another recipient altogether if the condition holds (`vertexai: true`); the first that holds decides, all count if unknown. */
  readonly instead?: readonly ({ readonly when: Condition } & RecipientRule)[];
  /** Where the host comes from; absent or not set → the vendor as named. A host of another vendor makes it that vendor. */
  readonly host?: readonly ValuePath[];
  readonly region?: readonly ValuePath[];
  readonly apiKey?: readonly ValuePath[];
  readonly project?: readonly ValuePath[];
  readonly model?: readonly ValuePath[];
  readonly headers?: readonly ValuePath[];
  /** Further recipients of the same call; without a condition always, without a service for the one of the call. */
  readonly also?: readonly { readonly when?: Condition; readonly vendor: string; readonly service?: string }[];
  /** Own infrastructure by nature (Ollama on localhost by default, pgvector): still a recipient if the host says otherwise. */
  readonly own?: boolean;
  /** Whoever is configured to listen (`ConfigPoint.listens`) gets it as well. */
  readonly heard?: 'console';
  /** The address is the account's key as well (a DSN), which code rarely shows: as long as it does not, it is the vendor's. */
  readonly keyed?: boolean;
}

/** A constant test over a ValuePath. */
export interface Condition {
  readonly value: ValuePath;
  readonly is?: string | number | boolean | null;
  readonly isNot?: string | number | boolean | null;
  readonly present?: boolean;
  readonly matches?: string;
  /** Whether it is a function. */
  readonly callable?: boolean;
}

export interface Source {
  /**
   * What the value is: `fhir:Patient`, `fhir:{0}` (resource type named by constant argument 0), `fhir:{0}[]`,
   * `fhir:Bundle<{0}>`, `typearg:0` (the call's type argument), `sql:0` (a row of what the query's text asks for), `request` (body of an inbound request: shaped by its
   * declared type or by the fields the code takes out of it), `prisma:{model}`, `field:<letter>:<category>`,
   * `free-text`, `audio`, `document`; `typearg:this.0` is a type argument of the receiver's (of the call that made it, or of
   * its declared type), with properties of it behind (`.Row`); `argtype:0` is the type argument of what
   * argument 0 was declared as (`Reference<Patient>`), `schema:0` (or `schema:this.0.resolver`) the shape that a
   * schema value describes, `instance:this` the class whose static method it is; `row:this.0` rows of
   * the table that the receiver was made for (shaped by the fields that the code takes out of them, in the light of the
   * table's name). `[]` at the end: a list of those. Several,
   * parted by `|`: the first that says anything.
   */
  readonly gives: string;
  readonly kind?: 'phi' | 'model-output' | 'patient-authored' | 'credential';
  /** What it is called in the map: `EHR (Medplum)`, `database`, `form`. */
  readonly origin?: string;
  /** The argument that stands in the receiver's place (`{ control }` of a form). */
  readonly receiver?: ArgPath;
  /** Where the columns are named that come back: texts, lists, records of flags (`0.attributes`, `0..`, `made(Query).0`). */
  readonly columns?: ArgPath;
  /** The argument that names which property is given (`watch('dateOfBirth')`), or a list of such; all of it without one. */
  readonly of?: ArgPath;
  /** For a callback parameter: `cb0.0`, where the data arrives; `read`: the property itself; default: the call's result. */
  readonly at?: string;
}

/** A request of HTTP. Where its address is an interaction of FHIR's REST interface, its answer is the resource. */
export interface Answer {
  /** Where the address stands; of several, the first that is there. */
  readonly of: ArgPath | readonly ArgPath[];
  /** Where the call that made the client says the beginning of every address. */
  readonly base?: readonly ArgPath[];
  /** The method: a word (`POST`), or where it stands (`GET` where nothing does). */
  readonly verb?: string;
  readonly headers?: readonly ArgPath[];
  /**
   * Where the content is: `return`, `return.data`, `return.json()` (a method gives it), `json(return.text())` (as text
   * that can be parsed).
   */
  readonly at: readonly string[];
}

export interface Sanitizer {
  /** `all`, or Safe Harbor letters that are gone from the result. */
  readonly removes: 'all' | readonly string[];
  readonly method: 'safe-harbor' | 'expert-determination' | 'masking' | 'detection';
  /** The clean part of the result (`redactedText`); absent: the whole result. `detection` gives no clean part. */
  readonly output?: string;
  readonly input?: ArgPath;
}

/** A call that configures an SDK (Sentry.init …); policies read the options as folded values. */
export interface ConfigPoint {
  /** Names the product for policies: `sentry`, `datadog`, `langsmith`. */
  readonly product: string;
  /** Which configuration call of the product: absent is the main one, else `request-handler`, `http-integration`, `replay` … */
  readonly part?: string;
  /** The argument that holds the options. */
  readonly options: ArgPath;
  readonly service: string;
  /** What the configured product takes of its own accord from then on: each console call becomes a breadcrumb. */
  readonly listens?: readonly Listener[];
}

/** A file by its name without ending, in a project that depends on the package; `export` absent: what it exports as a whole. */
export interface ConfigFile {
  readonly file: string;
  readonly package: string;
  readonly export?: string;
  readonly config: Omit<ConfigPoint, 'options'>;
}

/** Somebody who takes what the code hands to nobody: value paths are those of the configuring call. */
export interface Listener {
  readonly to: 'console';
  readonly service: string;
  readonly recipient: RecipientRule;
  /** It is kept, and goes with the next event, if one follows. */
  readonly later?: boolean;
  /** Files whose configuration is loaded without an import: a regular expression over their paths. */
  readonly loaded?: string;
  /** Which methods of the console; absent: all. */
  readonly methods?: readonly string[];
  /** The option that lists them, where there is one: `all` or left out is all. */
  readonly methodsAt?: ArgPath;
  /** All must hold, as far as the code shows. */
  readonly when?: readonly Condition[];
  /** None may hold; `part` asks another configuration call of the product. */
  readonly unless?: readonly (Condition & { readonly part?: string })[];
}

export interface HostRule {
  /** Suffix on label boundaries; `*` stands for one label or part of one, `{region}` likewise and is read as the region. */
  readonly host: string;
  /** For raw requests whose path says no more, and for sinks whose service this vendor does not have. */
  readonly service?: string;
  /** URL path prefix → service; the longest decides. `*` stands for one path segment. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Absent: the vendor of the file. */
  readonly vendor?: string;
  /** Further recipients of whatever is sent there (the upstream of a proxy); without a service, the one asked for. */
  readonly also?: readonly { readonly vendor: string; readonly service?: string }[];
}

export interface HeaderRule {
  readonly header: string;
  readonly vendor: string;
  readonly service: string;
}

export interface EnvSwitch {
  readonly when: readonly { readonly env: string; readonly is: readonly string[] }[];
  /** Packages whose calls are then recorded too (`@langchain/*`). */
  readonly packages: readonly string[];
  readonly vendor: string;
  readonly service: string;
  /** Environment variables that hide the content again. */
  readonly unless?: readonly { readonly env: string; readonly is: readonly string[] }[];
}

export type Founded = 'vendor-page' | 'third-party' | 'unverified';

export interface VendorFacts {
  /** llm, gateway, vector, monitor, apm, tracing, logging, replay, analytics, ads, messaging, email, sms, push, chat, storage, cache, queue, search, speech, deid, training, crm, support, payment, docs, database, ehr, exchange, cloud, http */
  readonly category: string;
  /** A product the code exists to talk to, or a side channel (monitors, logs, analytics, chat). */
  readonly kind: 'partner' | 'incidental';
  readonly legalEntity?: string;
  /** Every service id a manifest may name, with what we know. */
  readonly services: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly coverable?: 'yes' | 'no' | 'conditions' | 'unknown';
        /** Where it differs from the vendor's: the log service of a cloud is a side channel. */
        readonly kind?: 'partner' | 'incidental';
        readonly note?: string;
      }
    >
  >;
  readonly baa: {
    readonly available: 'yes' | 'no' | 'conditions' | 'unknown';
    readonly plan?: string;
    readonly note?: string;
    readonly conflict?: string;
    readonly facts: readonly {
      readonly text: string;
      readonly source: string;
      readonly asOf: string;
      readonly founded: Founded;
    }[];
  };
  readonly training?: string;
  readonly retention?: string;
}
