/** Regions as agreements and code name them, and the regions that a Bedrock inference profile stands for. */

/** Where a call is processed: surely in all of `certain`, perhaps in `possible` as well. */
export interface RegionSet {
  readonly certain: readonly string[];
  readonly possible: readonly string[];
}

/**
 * Cross-region inference profiles by prefix. A profile sends a call to any region of its geography; which of the
 * `possible` ones take part differs by model.
 */
const PROFILES: Readonly<Record<string, RegionSet>> = {
  us: { certain: ['us-east-1', 'us-west-2'], possible: ['us-east-2'] },
  'us-gov': { certain: ['us-gov-west-1'], possible: ['us-gov-east-1'] },
  eu: {
    certain: ['eu-central-1', 'eu-west-1', 'eu-west-3'],
    possible: ['eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-2'],
  },
  apac: {
    certain: ['ap-northeast-1', 'ap-southeast-1', 'ap-southeast-2'],
    possible: ['ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4'],
  },
  jp: { certain: ['ap-northeast-1', 'ap-northeast-3'], possible: [] },
  au: { certain: ['ap-southeast-2', 'ap-southeast-4'], possible: [] },
  ca: { certain: ['ca-central-1'], possible: ['us-east-1', 'us-east-2', 'us-west-2'] },
  global: { certain: ['any region of the world'], possible: [] },
};

export interface ModelName {
  /** The model's id without profile prefix and ARN around it. */
  readonly id: string;
  /** Prefix of the inference profile (`us`), or null. */
  readonly profile: string | null;
  /** Regions that the name itself fixes, or null. */
  readonly regions: RegionSet | null;
}

/** Takes a model id of the code apart: `us.anthropic.claude-…`, or an ARN of a model or inference profile. */
export function parseModel(model: string): ModelName {
  const arn = /^arn:[^:]*:bedrock:([^:]*):[^:]*:[^/]+\/(.+)$/.exec(model);
  const name = arn?.[2] ?? model;
  const profile = /^([a-z]+(?:-gov)?)\.(?=[a-z0-9-]+\.)/.exec(name)?.[1];
  const set = profile === undefined ? undefined : PROFILES[profile];
  if (profile !== undefined && set) return { id: name.slice(profile.length + 1), profile, regions: set };
  const region = arn?.[1];
  return { id: name, profile: null, regions: region ? { certain: [region], possible: [] } : null };
}

/** `East US` (Azure portal) and `eastus` are one region. */
export function plainRegion(region: string): string {
  return region.trim().toLowerCase().replace(/\s+/g, '');
}
