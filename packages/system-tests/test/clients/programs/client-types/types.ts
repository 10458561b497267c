// Compares the types of @user-activity/client, which are written by hand, with those of the OpenAPI document. tsc reports each difference.
import type {
  Activity,
  ActivityQuery,
  ActivityStatus,
  BatchReceipt,
  Bytes,
  DeadLetter,
  DeadLetterCode,
  DeadLetterQuery,
  Erasure,
  ErasureReceipt,
  ExportTextOptions,
  FeedOptions,
  Key,
  KeyLimits,
  KeyWithSecret,
  NewActivity,
  NewKey,
  Outcome,
  Page,
  ProblemError,
  RejectedItem,
  ReplayReceipt,
  ReplayRequest,
  Scope,
  Stats,
  StatsLine,
  StatsOptions,
  StatsUnit,
  TailOptions,
  Violation,
} from '@user-activity/client';
import type { Health, HealthHistory } from '@user-activity/client/health';
import type { components, paths } from './schema.d.ts';

type Schemas = components['schemas'];

/** Makes all members readonly, at any depth, so that only the rest is compared. */
type Plain<Type> = Type extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : Type extends object
    ? { readonly [Name in keyof Type]: Plain<Type[Name]> }
    : Type;

type Same<Left, Right> =
  (<Type>() => Type extends Plain<Left> ? 1 : 2) extends <Type>() => Type extends Plain<Right> ? 1 : 2
    ? true
    : { readonly ours: Plain<Left>; readonly theirs: Plain<Right> };

const same = <Left, Right>(..._proof: Same<Left, Right> extends true ? [] : [Same<Left, Right>]): void => {};

// Answers.
same<Activity, Schemas['Activity']>();
same<ActivityStatus, Schemas['ActivityStatus']>();
same<BatchReceipt, Schemas['BatchReceipt']>();
same<Bytes, Schemas['Bytes']>();
same<DeadLetter, Schemas['DeadLetter']>();
same<DeadLetterCode, Schemas['DeadLetterCode']>();
same<Erasure, Schemas['Erasure']>();
same<ErasureReceipt, Schemas['ErasureReceipt']>();
same<Health, Schemas['Health']>();
same<HealthHistory, Schemas['HealthHistory']>();
same<Key, Schemas['Key']>();
same<KeyLimits, Schemas['KeyLimits']>();
same<KeyWithSecret, Schemas['KeyWithSecret']>();
same<Outcome, Schemas['Outcome']>();
same<Page<Activity>, Schemas['ActivityPage']>();
same<RejectedItem, Schemas['RejectedItem']>();
same<ReplayReceipt, Schemas['ReplayReceipt']>();
same<Scope, Schemas['Scope']>();
same<Stats, Schemas['ActivityStats']>();
same<StatsLine, Schemas['StatsLine']>();
same<StatsUnit, Schemas['StatsUnit']>();
same<Violation, Schemas['Violation']>();

// Requests. The client also takes a Date, and undefined.
type Loose<Type> = { readonly [Name in keyof Type]: Exclude<Type[Name], Date | undefined> };
same<Loose<Required<NewActivity>>, Loose<Required<Schemas['NewActivity']>>>();
same<ReplayRequest, Schemas['ReplayRequest']>();
same<NewKey, Schemas['NewKey']>();

// Problems.
same<ProblemError['errors'], Schemas['Problem']['errors']>();
same<ProblemError['ids'], Exclude<Schemas['Problem']['ids'], undefined>>();
same<ProblemError['rejected'], Exclude<Schemas['Problem']['rejected'], undefined>>();

// Parameters.
type Parameters<Path extends keyof paths> = paths[Path] extends {
  readonly get: { readonly parameters: { readonly query?: infer Query } };
}
  ? keyof Exclude<Query, undefined>
  : never;
type Own = 'signal' | 'timeoutMs' | 'idleTimeoutMs' | 'onConnect' | 'onReconnect' | 'follow';
same<keyof ActivityQuery | 'cursor', Parameters<'/api/logs'>>();
same<keyof StatsOptions, Parameters<'/api/logs/stats'>>();
same<Exclude<keyof ExportTextOptions, Own>, Parameters<'/api/logs/export'>>();
same<Exclude<keyof FeedOptions, Own> | 'wait', Parameters<'/api/logs/feed'>>();
same<Exclude<keyof TailOptions, Own>, Parameters<'/api/logs/stream'>>();
same<keyof DeadLetterQuery | 'cursor', Parameters<'/api/dead-letters'>>();
