/** Why a record could not be stored. */
export type DeadLetterCode = 'conflict' | 'refused' | 'unreadable' | 'invalid';

/** Bytes: as text if they are valid UTF-8, and otherwise in base64. */
export type Bytes = { readonly text: string } | { readonly base64: string };

/** A record of the log that could not be stored. */
export interface DeadLetter {
  readonly id: string;
  /** Where the record is in the log. */
  readonly origin: {
    readonly topic: string;
    readonly log?: string;
    readonly partition: number;
    readonly offset: number;
  };
  readonly code: DeadLetterCode;
  /** Why the record could not be stored, in a sentence for people. */
  readonly reason: string;
  /** When the record became a dead letter (RFC 3339). */
  readonly diedAt: string;
  readonly activityId?: string;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  /** The size of the value, in bytes. */
  readonly size: number;
  readonly headers: Readonly<Record<string, readonly Bytes[]>>;
  /** The size in bytes and the SHA-256 of the whole value. Present if the service kept only its beginning, or nothing of it. */
  readonly cut?: { readonly size: number; readonly sha256: string };
  /** The members that this answer leaves out because they are large. */
  readonly omitted: readonly ('key' | 'value' | 'headers')[];
}

/** Selects dead letters by code and by `diedAt`. */
export interface DeadLetterQuery {
  readonly code?: DeadLetterCode | readonly DeadLetterCode[] | undefined;
  readonly from?: string | Date | undefined;
  readonly to?: string | Date | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  readonly limit?: number | undefined;
}

/** The dead letters to replay. */
export type ReplayRequest = { readonly all: true } | { readonly ids: readonly string[] };

/** The answer to a replay. */
export interface ReplayReceipt {
  /** The number of dead letters that were sent back to the log. */
  readonly replayed: number;
  /** The number of dead letters that are too large for the log. */
  readonly tooLarge?: number;
  /** True if the time limit of the service ended the replay early. Replay again to send the rest. */
  readonly more?: boolean;
}
