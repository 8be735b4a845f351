/** Where a configuration value points: production data, or not. Values are looked at, never told. */
import { listOf, type Policy } from '../catalog.js';
import { wordsOf } from './record.js';

export interface Target {
  /** `a production host of athenahealth` */
  readonly what: string;
  /** Host or name say production beyond doubt. */
  readonly sure: boolean;
}

interface NamedHost {
  readonly pattern: RegExp;
  readonly owner: string;
}

const LOCAL =
  /^(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[?::1|host\.docker\.internal)|\.localhost$/;
const DATABASE = /^(?:postgres(?:ql)?|mysql2?|mariadb|mongodb(?:\+srv)?|sqlserver|mssql|redshift|snowflake):$/;
const REFERENCE =
  /^(?:op|vault|secretsmanager|aws-sm|ssm|sops|doppler|gcp-sm|akv):\/\/|^arn:aws:(?:secretsmanager|ssm|rds):|^projects\/[^/]+\/secrets\//;
const FHIR_PATH = /\/(?:fhir|r4|dstu2|stu3|r5)(?:\/|$)/i;
const EPIC_PATH = /\/interconnect-|\/api\/fhir\/(?:r4|dstu2|stu3)/i;

export class Targets {
  private readonly ehr: readonly NamedHost[];
  private readonly ambiguous: readonly NamedHost[];
  private readonly databases: readonly NamedHost[];
  private readonly sandboxHosts: ReadonlySet<string>;
  private readonly sandbox: ReadonlySet<string>;
  private readonly production: ReadonlySet<string>;
  private readonly harmless: ReadonlySet<string>;
  private readonly dataNames: ReadonlySet<string>;

  constructor(policy: Policy) {
    this.ehr = hosts(listOf(policy, 'ehr_hosts'));
    this.ambiguous = hosts(listOf(policy, 'ambiguous_hosts'));
    this.databases = hosts(listOf(policy, 'database_hosts'));
    this.sandboxHosts = new Set(listOf(policy, 'sandbox_hosts'));
    this.sandbox = new Set(listOf(policy, 'sandbox_words'));
    this.production = new Set(listOf(policy, 'production_words'));
    this.harmless = new Set(listOf(policy, 'harmless_dumps'));
    this.dataNames = new Set(listOf(policy, 'data_names'));
  }

  /** What a value of a variable (or constant) of this name points at, if that is production data. */
  of(name: string, value: string): Target | null {
    const text = value.trim();
    if (text === '' || text.includes('${') || /^<.*>$/.test(text)) return null;
    const named = this.saysProduction(name);
    const aboutData = wordsOf(name).some((word) => this.dataNames.has(word));
    if (REFERENCE.test(text))
      return (this.saysProduction(text) || named) && !this.saysSandbox(text)
        ? { what: 'a credential or store of production, by reference', sure: false }
        : null;
    const url = parseTarget(text);
    if (url === null) return named && aboutData ? { what: 'a setting of production', sure: false } : null;
    const found = this.ofUrl(url, named);
    if (found !== undefined) return found;
    return named && aboutData ? { what: 'a production address', sure: false } : null;
  }

  /** Undefined: the address alone says nothing either way. */
  private ofUrl(url: URL, named: boolean): Target | null | undefined {
    const host = url.hostname.toLowerCase();
    if (LOCAL.test(host) || (!host.includes('.') && !DATABASE.test(url.protocol))) return null;
    const whole = `${host}${url.pathname} ${url.username}`;
    if (this.sandboxHosts.has(host) || this.saysSandbox(whole)) return null;
    const production = this.saysProduction(whole) || named;
    const ehr = this.ehr.find(({ pattern }) => pattern.test(host));
    if (ehr !== undefined) return { what: `a production host of ${ehr.owner}`, sure: true };
    const shared = this.ambiguous.find(({ pattern }) => pattern.test(host));
    if (shared !== undefined)
      return production ? { what: `what its name calls production at ${shared.owner}`, sure: false } : null;
    const database = this.databases.find(({ pattern }) => pattern.test(host));
    if (database !== undefined || DATABASE.test(url.protocol))
      return production
        ? { what: `a production database${database === undefined ? '' : ` at ${database.owner}`}`, sure: true }
        : null;
    if (EPIC_PATH.test(url.pathname)) return { what: 'the Epic server of an organization', sure: production };
    return FHIR_PATH.test(url.pathname) && production ? { what: 'a production FHIR server', sure: true } : undefined;
  }

  /** A command or mount that brings a dump into development. */
  ofCommand(line: string): Target | null {
    const words = wordsOf(line);
    if (words.some((word) => this.harmless.has(word))) return null;
    const production = this.saysProduction(line);
    if (/\b(?:snapshot|copy|dump|backup|clone|replica)s? (?:of|from) (?:the )?(?:prod|production|live)\b/i.test(line))
      return { what: 'a copy of production', sure: true };
    if (/^\s*(?:#|\/\/|--)/.test(line)) return null;
    const mounts =
      /[\w./-]*\.(?:sql|dump|bak|gz)?:\/docker-entrypoint-initdb\.d/.test(line) &&
      /dump|backup|export|snapshot/i.test(line);
    const restores =
      /\bpg_restore\b|\bmongorestore\b|\bpsql\b.*<\s*\S+|\bmysql\b.*<\s*\S+|\bpg:(?:pull|backups:restore|backups:download)\b|\brestore-db-(?:instance|cluster)\b/.test(
        line,
      );
    if (mounts || restores)
      return production
        ? { what: 'a dump of production', sure: true }
        : { what: 'a dump whose content cannot be seen', sure: false };
    const copies =
      /\b(?:pg_dump|mysqldump|mongodump|mongoexport)\b|\b(?:aws s3 (?:cp|sync)|gsutil (?:cp|rsync)|gcloud storage cp|az storage blob download)\b|\bsupabase db dump\b/.test(
        line,
      );
    return copies && production ? { what: 'data fetched from production', sure: true } : null;
  }

  private saysProduction(text: string): boolean {
    return wordsOf(text).some((word) => this.production.has(word));
  }

  private saysSandbox(text: string): boolean {
    return wordsOf(text).some((word) => this.sandbox.has(word));
  }
}

/** `host = owner` */
function hosts(list: readonly string[]): readonly NamedHost[] {
  return list.map((entry) => {
    const [host = '', owner = ''] = entry.split(' = ');
    const escaped = host.split('*').map((part) => part.replaceAll('.', '\\.'));
    return { pattern: new RegExp(`(?:^|\\.)${escaped.join('[^.]+')}$`), owner };
  });
}

/** A URL, or a bare host name with a dot. */
function parseTarget(text: string): URL | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return URL.canParse(text) ? new URL(text) : null;
  const jdbc = /^jdbc:(\w+:\/\/.*)$/i.exec(text)?.[1];
  if (jdbc !== undefined) return URL.canParse(jdbc) ? new URL(jdbc) : null;
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:\/\S*)?$/i.test(text)) return null;
  return URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : null;
}
