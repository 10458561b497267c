import { maxMetadataBytes } from '@user-activity/domain';
import type { WrittenRecord } from '@user-activity/test-kit';
import { projects, systemProject } from '../projects.ts';

/** The header that marks a record as a poison message. Each poison message must become a dead letter with the same bytes. */
export const poisonHeader = 'chaos-poison';

/** The header of a poison message that names the project to which its dead letter must belong. */
export const poisonProjectHeader = 'chaos-poison-project';

interface Content extends Pick<WrittenRecord, 'value' | 'headers'> {
  /** The project to which the dead letter must belong. Default: `default`. */
  readonly project?: string;
}

const bytes = (value: string): Buffer => Buffer.from(value);
const loggedType = { ce_type: bytes('user-activity.logged.v1') };
const headersInProject = (name: string): Content['headers'] => ({ ...loggedType, ce_project: bytes(name) });
const time = '2026-01-02T03:04:05.678Z';
const validActivity = {
  id: 'poison',
  userId: 'poison',
  type: 'VIEW',
  metadata: {},
  createdAt: time,
  receivedAt: time,
};
const jsonWith = (change: object): Buffer => bytes(JSON.stringify({ ...validActivity, ...change }));

/** The value and the headers of each kind of poison message. */
const contents: readonly Content[] = [
  { value: bytes('{"id": "not JSON'), headers: loggedType },
  { value: bytes('[]'), headers: loggedType },
  { value: Buffer.from([0xff, 0xfe, 0x00, 0x80]), headers: loggedType },
  { value: Buffer.alloc(0), headers: loggedType },
  { value: jsonWith({ userId: '' }), headers: loggedType },
  { value: jsonWith({ receivedAt: undefined }), headers: loggedType },
  { value: jsonWith({ type: 'A\0' }), headers: loggedType },
  { value: jsonWith({ metadata: { text: 'x'.repeat(maxMetadataBytes) } }), headers: loggedType },
  { value: bytes('x'.repeat(900_000)), headers: loggedType },
  { value: jsonWith({}), headers: {} },
  { value: jsonWith({}), headers: { ce_type: bytes('user-activity.logged.v999') } },
  { value: jsonWith({}), headers: { ce_type: Buffer.from([0xff]) } },
  // A tombstone, which is a record without a value.
  { value: null, headers: loggedType },
  { value: bytes('{'), headers: headersInProject('shop'), project: 'shop' },
  { value: jsonWith({}), headers: headersInProject('Shop'), project: systemProject },
  {
    value: jsonWith({ project: systemProject }),
    headers: headersInProject(systemProject),
    project: systemProject,
  },
  { value: jsonWith({ project: 'default' }), headers: headersInProject('shop'), project: systemProject },
  { value: jsonWith({ project: 'shop' }), headers: loggedType, project: systemProject },
];

/** Returns one poison message of each kind. The value of the poison header is different in each message and each round. */
export function makePoisonRecords(round: number, partitions: number): readonly WrittenRecord[] {
  return contents.map(({ value, headers, project = projects[0] }, index) => ({
    partition: (round + index) % partitions,
    key: index % 2 === 0 ? null : bytes(`poison-${index}`),
    value,
    headers: {
      ...headers,
      [poisonHeader]: bytes(`${round}-${index}`),
      [poisonProjectHeader]: bytes(project),
    },
  }));
}
