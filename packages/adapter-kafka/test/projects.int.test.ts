import { activityLogged, firstCopyOf, type LogRecord, ProjectId, UserActivity } from '@user-activity/domain';
import { anyActivity, letterOf, sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { kafkaDeadLetters, kafkaLog } from './kafka-subjects.ts';

const projects = ['default', 'default-2', 'shop', '0'].map((name) => ProjectId.parse(name));

/** Opens a log with a publisher, and a function that waits until a group has received `count` records. */
async function setUp() {
  const log = await kafkaLog();
  onTestFinished(() => log.close());
  const received: LogRecord[] = [];
  let changed = Promise.withResolvers<void>();
  const consumer = await log.openConsumer('one');
  await consumer.start(async (records) => {
    received.push(...records);
    changed.resolve();
    changed = Promise.withResolvers();
  });
  const publisher = await log.openPublisher();
  return {
    log,
    publisher,
    async received(count: number): Promise<readonly LogRecord[]> {
      while (received.length < count) await changed.promise;
      return received;
    },
  };
}

const activitiesIn = (records: readonly LogRecord[]): readonly UserActivity[] =>
  records.flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity] : []));

test('activities of several projects with the same id and user are delivered equal and in order', async () => {
  const { publisher, received } = await setUp();
  const sent: UserActivity[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(anyActivity, { minLength: 1, maxLength: 5 }), async (activities) => {
      const inEach = activities.flatMap((activity) =>
        projects.map((project) => UserActivity.parse({ ...activity.toJSON(), project })),
      );
      sent.push(...inEach);
      await publisher.publish(inEach.map(activityLogged));
      expect(activitiesIn(await received(sent.length))).toEqual(sent);
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

test('a record that is published again stays in its project', async () => {
  const { publisher, received } = await setUp();
  const activities = projects.map((project) => sampleActivity({ project, id: 'a' }));
  await publisher.publish(activities.map(activityLogged));
  const originals = (await received(activities.length)).map(firstCopyOf);
  await publisher.republish(originals);
  const records = await received(2 * activities.length);
  expect(activitiesIn(records.slice(activities.length))).toEqual(activities);
});

test.each<[string, readonly string[], string]>([
  ['the wrong case', ['Shop'], '_system'],
  ['a name of the service', ['_system'], '_system'],
  ['no characters', [''], '_system'],
  ['two names', ['shop', 'shop'], '_system'],
  ['another project than the value', ['shop'], '_system'],
  ['the project of the value', ['other'], 'other'],
])(
  'a record whose ce_project has %s is delivered, also if it is published again',
  async (_, names, project) => {
    const { log, publisher, received } = await setUp();
    const value = JSON.stringify(sampleActivity({ project: ProjectId.parse('other') }));
    await log.append({
      key: Buffer.from('user-1'),
      value: Buffer.from(value),
      headers: {
        ce_type: [Buffer.from('user-activity.logged.v1')],
        ce_project: names.map((name) => Buffer.from(name)),
      },
    });
    const [record] = await received(1);
    if (record === undefined) throw new Error('The record was received.');
    const expected =
      project === '_system'
        ? { name: 'Unreadable', project }
        : { name: 'ActivityLogged', activity: { project } };
    expect(record.content).toMatchObject(expected);
    await publisher.republish([firstCopyOf(record)]);
    const [, again] = await received(2);
    expect(again?.content).toMatchObject(expected);
  },
);

test('dead letters name their project on their topic, except for default', async () => {
  const subject = await kafkaDeadLetters();
  onTestFinished(() => subject.close());
  const letters = [...projects, ProjectId.system].map((project, offset) => letterOf(offset, { project }));
  await (await subject.open()).add(letters);
  const kept = await subject.letters();
  const inOrder = kept.toSorted((a, b) => a.origin.offset - b.origin.offset);
  expect(inOrder.map(({ project }) => project)).toEqual([...projects, '_system']);
});
