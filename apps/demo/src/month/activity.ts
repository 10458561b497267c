/** An activity of the demo, without its id. */
export interface Happening {
  readonly userId: string;
  readonly type: string;
  /** In ms since 1970. */
  readonly at: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** An activity of the demo, in the form of the API. */
export interface DemoActivity {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  /** In RFC 3339. */
  readonly createdAt: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Converts a happening to the form of the API. */
export const toDemoActivity = (id: string, { userId, type, at, metadata }: Happening): DemoActivity => ({
  id,
  userId,
  type,
  createdAt: new Date(at).toISOString(),
  metadata,
});
