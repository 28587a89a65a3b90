export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly expireAfterDays?: number;
  readonly expireOldVersionsAfterDays?: number;
  readonly glacierInstantRetrievalAfterDays?: number;
  /** Parts of uploads that were never completed are stored, and paid, until somebody ends them. */
  readonly abandonUploadsAfterDays?: number;
}

export interface BucketSpec {
  readonly name: string;
  readonly versioned: boolean;
  readonly lifecycle: readonly LifecycleRule[];
  /** Topic that hears of every new object under the prefix. */
  readonly uploads?: { readonly topic: 'documents'; readonly prefix: string };
}

const abandonedUploads = { id: 'abandoned-uploads', prefix: '', abandonUploadsAfterDays: 1 } as const;

export const buckets = {
  knowledge: {
    name: 'stocktool-knowledge',
    versioned: true,
    lifecycle: [{ id: 'old-versions', prefix: '', expireOldVersionsAfterDays: 365 }, abandonedUploads],
    uploads: { topic: 'documents', prefix: 'documents/' },
  },
  /** Users' results and price series too. What is deleted can be brought back for as long as items of a table can. */
  reports: {
    name: 'stocktool-reports',
    versioned: true,
    lifecycle: [
      { id: 'old-versions', prefix: '', expireOldVersionsAfterDays: 35 },
      { id: 'reports-to-glacier', prefix: 'reports/', glacierInstantRetrievalAfterDays: 90 },
      // A cache: served for a week at most, and its earlier versions are nobody's.
      { id: 'market', prefix: 'market/', expireAfterDays: 8, expireOldVersionsAfterDays: 1 },
      { id: 'temporary', prefix: 'tmp/', expireAfterDays: 7 },
      abandonedUploads,
    ],
  },
} as const satisfies Record<string, BucketSpec>;

/** The names of buckets are one space for all accounts of AWS: there, ours end with a suffix. Everybody makes the whole name here. */
export const bucketName = (name: string, suffix: string): string => name + suffix;

export type BucketId = keyof typeof buckets;
