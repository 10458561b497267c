import {
  erasureContent,
  eventTypes,
  type LogEvent,
  ProjectId,
  type RawRecord,
  type RecordContent,
  recordContent,
  textOfEvent,
  Timestamp,
  unlessBroken,
  unreadable,
  userOf,
} from '@user-activity/domain';
import { reasonOfKeptBytes } from './kept-bytes.ts';
import { textOf } from './text-of.ts';

// Any activity is smaller: it has at most 270 kB. A compressed batch of 2 kB can hold a value of 64 MiB, which would take seconds to parse.
const maxValueBytes = 1024 * 1024;
const maxTypeBytes = 1024;

/** The header of the CloudEvents extension `project`. Absent for the project `default`. */
const projectHeader = 'ce_project';

/** A message for the topic. All text is UTF-8 on the wire. */
export interface TopicMessage {
  /** The user's id, so that the activities of a user stay in order, on one partition. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The time at which the service accepted the event, in milliseconds since 1970. Not the client's time, because Kafka's retention goes by it. */
  readonly timestamp: number;
}

/** The parts of a message that are not in the event. */
export interface MessageContext {
  /** The `ce_source`, which names the publisher: a URI-reference such as `/user-activity`. */
  readonly source: string;
  /** W3C Trace Context, if the event belongs to a trace. Reserved: no publisher passes it yet. */
  readonly traceparent?: string;
}

/**
 * Makes the message of an event: a CloudEvent in Kafka's binary mode (CloudEvents 1.0.2, Kafka Protocol Binding, section 3.2). The headers
 * have its attributes, and the value has the activity or the erasure as JSON.
 */
export function eventMessage(event: LogEvent, context: MessageContext): TopicMessage {
  const user = userOf(event);
  const { id, project, time, timestamp } = partsOf(event);
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: eventTypes[event.name],
    ce_source: context.source,
    ce_time: Timestamp.toISO(time),
    ce_subject: user,
  };
  if (project !== ProjectId.default) headers[projectHeader] = project;
  headers['content-type'] = 'application/json';
  if (context.traceparent !== undefined) headers['traceparent'] = context.traceparent;
  return { key: user, value: textOfEvent(event), headers, timestamp };
}

function partsOf(event: LogEvent) {
  if (event.name === 'ActivityLogged') {
    const { id, project, createdAt, receivedAt } = event.activity;
    return { id, project, time: createdAt, timestamp: receivedAt };
  }
  const { id, project, requestedAt } = event.erasure;
  return { id, project, time: requestedAt, timestamp: requestedAt };
}

/**
 * Reads a record of the topic, which anyone may have written. The only header that the record needs is `ce_type`, because the value has the
 * whole event. The record is unreadable, with a reason, if that header is missing or has an unknown type, or if the value is larger than 1 MiB
 * or breaks a rule. It is also unreadable if its header `ce_project` is invalid, or differs from the project in the value.
 */
export function readMessage({ value, headers }: Pick<RawRecord, 'value' | 'headers'>): RecordContent {
  const keptBytes = reasonOfKeptBytes(headers);
  if (keptBytes !== undefined) return unreadable(keptBytes, ProjectId.system);
  const project = projectIn(headers);
  if (project === undefined)
    return unreadable(`the header ${projectHeader} is not the name of a project`, ProjectId.system);
  const fault = (reason: string): RecordContent => unreadable(reason, project);
  const typeBytes = Object.hasOwn(headers, 'ce_type') ? headers['ce_type']?.at(-1) : undefined;
  if (typeBytes !== undefined && typeBytes.length > maxTypeBytes) return fault('the ce_type is unknown');
  const type = textOf(typeBytes);
  if (type === undefined) return fault('the record has no ce_type header');
  const read = readers.get(type);
  if (read === undefined) return fault('the ce_type is unknown');
  if (value === null) return fault('the record has no value');
  if (value.length > maxValueBytes)
    return fault(`the value has ${value.length} bytes; the limit is ${maxValueBytes}`);
  const text = textOf(value);
  return text === undefined ? fault('the value is not UTF-8') : read(text, project);
}

const readers: ReadonlyMap<string, typeof recordContent> = new Map([
  [eventTypes.ActivityLogged, recordContent],
  [eventTypes.ErasureRequested, erasureContent],
]);

/**
 * Returns the project that the headers name; `default` if they name none. Returns undefined if the name breaks a rule, or if
 * several headers name a project.
 */
function projectIn(headers: RawRecord['headers']): ProjectId | undefined {
  const names = Object.hasOwn(headers, projectHeader) ? headers[projectHeader] : undefined;
  const [name] = names ?? [];
  if (name === undefined) return ProjectId.default;
  if (names?.length !== 1 || name.length > ProjectId.maxLength) return undefined;
  return unlessBroken(() => ProjectId.parseReadable(textOf(name)));
}
