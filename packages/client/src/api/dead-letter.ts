/** Why a record could not be stored. */
export type DeadLetterCode = 'conflict' | 'refused' | 'unreadable' | 'invalid';

/** Bytes, as text if they are readable UTF-8. */
export type Bytes = { readonly text: string } | { readonly base64: string };

/** A record that could not be stored. */
export interface DeadLetter {
  readonly id: string;
  readonly origin: {
    readonly topic: string;
    readonly log?: string;
    readonly partition: number;
    readonly offset: number;
  };
  readonly code: DeadLetterCode;
  /** The explanation, for people. */
  readonly reason: string;
  readonly diedAt: string;
  readonly activityId?: string;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  /** The number of bytes of the value. */
  readonly size: number;
  readonly headers: Readonly<Record<string, readonly Bytes[]>>;
  readonly cut?: { readonly size: number; readonly sha256: string };
  /** The parts that are left out because they are large. */
  readonly omitted: readonly ('key' | 'value' | 'headers')[];
}

/** Selects dead letters by code and by when they died. */
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
  readonly replayed: number;
  readonly tooLarge?: number;
  /** True if the time was over: replay again for the rest. */
  readonly more?: boolean;
}
