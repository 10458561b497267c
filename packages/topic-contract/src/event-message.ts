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
import { unreadableAgain } from './kept-bytes.ts';
import { textOf } from './text-of.ts';

// An activity has at most some 270 kB. But a compressed batch of 2 kB can hold a value of 64 MiB, which takes seconds to parse.
const maxValueBytes = 1024 * 1024;
const maxTypeBytes = 1024;

/** The CloudEvents extension `project`; absent in the project `default`. */
const projectHeader = 'ce_project';

/** A message for the topic. All text is UTF-8 on the wire. */
export interface TopicMessage {
  /** The user's id, so that the activities of a user stay in order, on one partition. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The record's timestamp in milliseconds: when the service accepted the event, on which the topic's retention is based. Never the client's time. */
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
 * Makes a CloudEvent in Kafka's binary mode (CloudEvents 1.0.2, Kafka Protocol Binding, section 3.2): the attributes in headers,
 * the activity or the erasure as JSON in the value.
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
 * Reads a record of the topic, which anyone may have written. It needs only the header `ce_type`, because the value has the whole
 * activity. A record is unreadable, with a reason, if that header is missing or has another type, or if the value is larger than
 * 1 MiB or breaks a rule. It is unreadable too if its `ce_project` is invalid, or is not the project in the value.
 */
export function readMessage({ value, headers }: Pick<RawRecord, 'value' | 'headers'>): RecordContent {
  const again = unreadableAgain(headers);
  if (again !== undefined) return unreadable(again, ProjectId.system);
  const project = projectIn(headers);
  if (project === undefined)
    return unreadable(`its ${projectHeader} is not the name of a project`, ProjectId.system);
  const fault = (reason: string): RecordContent => unreadable(reason, project);
  const typeBytes = Object.hasOwn(headers, 'ce_type') ? headers['ce_type']?.at(-1) : undefined;
  if (typeBytes !== undefined && typeBytes.length > maxTypeBytes) return fault('its ce_type is unknown');
  const type = textOf(typeBytes);
  if (type === undefined) return fault('it has no ce_type header');
  const read = readers.get(type);
  if (read === undefined) return fault('its ce_type is unknown');
  if (value === null) return fault('it has no value');
  if (value.length > maxValueBytes)
    return fault(`its value has ${value.length} bytes; the limit is ${maxValueBytes}`);
  const text = textOf(value);
  return text === undefined ? fault('it is not UTF-8') : read(text, project);
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
