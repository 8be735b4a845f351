/** A place for data that infrastructure files declare, and whether what lies there is deleted by itself. */

export type StoreKind = 'bucket' | 'table' | 'log-group';

export interface Store {
  readonly kind: StoreKind;
  /** Catalogue ids of who runs it. */
  readonly vendor: string;
  readonly service: string;
  /** How the file calls it. */
  readonly label: string;
  /** What else it is called, as far as the file states it: the bucket's own name, the log group's path. */
  readonly name: string | null;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** `unknown`: a rule is there, but what it says depends on something that is not evaluated here. */
  readonly expires: 'yes' | 'no' | 'unknown';
}
