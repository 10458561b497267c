import { StoredActivity } from '@user-activity/domain';
import { BSON } from 'mongodb';
import { type ActivityDocument, type OriginDocument, activityFromDocument } from './activity-document.ts';
import { BsonReader } from './bson-reader.ts';

/**
 * Reads an activity from the BSON of its document. If the document has the form that the service writes, it is read directly, in 1.3 µs
 * instead of 5 µs. Otherwise the driver decodes it.
 */
export const readActivity = (bytes: Buffer): StoredActivity =>
  readOwnFormat(new BsonReader(bytes)) ?? activityFromDocument(BSON.deserialize(bytes) as ActivityDocument);

/** Returns undefined if the document does not have the form that the service writes. */
function readOwnFormat(reader: BsonReader): StoredActivity | undefined {
  let [key, project, userId, type, metadata]: (string | undefined)[] = [];
  let [createdAt, receivedAt]: (number | undefined)[] = [];
  let origin: OriginDocument | undefined;
  for (let element = reader.type(); element !== 0; element = reader.type()) {
    switch (reader.name()) {
      case '_id':
        key = reader.string(element);
        break;
      case 'project':
        project = reader.string(element);
        break;
      case 'userId':
        userId = reader.string(element);
        break;
      case 'type':
        type = reader.string(element);
        break;
      case 'metadata':
        metadata = reader.json(element);
        if (metadata === undefined) return undefined;
        break;
      case 'createdAt':
        createdAt = reader.date(element);
        break;
      case 'receivedAt':
        receivedAt = reader.date(element);
        break;
      case 'origin':
        origin = readOrigin(reader, element);
        if (origin === undefined) return undefined;
        break;
      default:
        return undefined;
    }
  }
  if (
    key === undefined ||
    project === undefined ||
    userId === undefined ||
    type === undefined ||
    metadata === undefined ||
    createdAt === undefined ||
    receivedAt === undefined
  )
    return undefined;
  return StoredActivity.trusted({ key, project, userId, type, metadata, createdAt, receivedAt, origin });
}

/** Returns undefined if the origin does not have the form that the service writes. */
function readOrigin(reader: BsonReader, type: number): OriginDocument | undefined {
  if (!reader.entersDocument(type)) return undefined;
  let log: string | undefined;
  let [partition, offset]: (number | undefined)[] = [];
  for (let element = reader.type(); element !== 0; element = reader.type()) {
    switch (reader.name()) {
      case 'log':
        log = reader.string(element);
        break;
      case 'partition':
        partition = reader.number(element);
        break;
      case 'offset':
        offset = reader.number(element);
        break;
      default:
        return undefined;
    }
  }
  if (log === undefined || partition === undefined || offset === undefined) return undefined;
  return { log, partition, offset };
}
