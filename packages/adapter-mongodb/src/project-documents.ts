/** The retention of a project that has one of its own, in the collection `retentions`. */
export interface RetentionDocument {
  /** The project. */
  readonly _id: string;
  readonly days: number;
}

/** The latest erasure of a project, in the collection `erasures`. It stays after its end. */
export interface ErasureDocument {
  /** The project. */
  readonly _id: string;
  readonly erasedAt: Date;
  /** Absent once the erasure has ended. */
  readonly erasing?: true;
}

/** The index of the erasures that have not ended. */
export const erasingIndex = {
  key: { erasing: 1, _id: 1 },
  partialFilterExpression: { erasing: true },
} as const;
