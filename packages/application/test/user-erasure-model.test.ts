import { FixedClock, MemoryProjectRepository, MemoryStore } from '@user-activity/adapter-memory';
import {
  type DeadLetter,
  decidingErasure,
  type ErasureMode,
  isLetterCovered,
  Timestamp,
  UserActivity,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProjectTable } from '../src/projects/project-table.ts';
import { makeSweepProjects } from '../src/projects/sweep-projects.ts';
import { activity, type Content, log, recordAt, recordedOf, requestOf, storing } from './erased-users.ts';
import { anonymiser, digestUser } from './erasing.ts';

const users = ['user-1', 'user-2'] as const;
type Entry =
  | { readonly kind: 'activity'; readonly user: number; readonly id: string; readonly type: string }
  | { readonly kind: 'unreadable'; readonly user: number }
  | { readonly kind: 'request'; readonly user: number; readonly mode: ErasureMode };

/** One step of a random history: a batch is stored, perhaps by a member that dies or freezes meanwhile, or a sweep runs. */
type Step =
  | {
      readonly kind: 'store';
      readonly from: number;
      readonly size: number;
      readonly fate: 'lives' | 'dies' | 'frozen';
    }
  | { readonly kind: 'sweep' };

const user = fc.nat(1);
const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('activity'),
      user,
      id: fc.constantFrom('a', 'b'),
      type: fc.constantFrom('IN', 'OUT'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unreadable'), user }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('request'),
      user,
      mode: fc.constantFrom<ErasureMode>('erase', 'anonymise'),
    }),
  },
);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('store'),
      from: fc.nat(),
      size: fc.integer({ min: 1, max: 6 }),
      fate: fc.constantFrom<'lives' | 'dies' | 'frozen'>('lives', 'dies', 'frozen'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sweep') }) },
);

/** Returns the content at an offset. Each activity has its own metadata. */
function contentOf(entry: Entry, offset: number): Content {
  const userId = users[entry.user] ?? '';
  if (entry.kind === 'unreadable') return { keyOf: userId };
  if (entry.kind === 'request') return requestOf(entry.mode, { id: `at-${offset}`, userId, second: offset });
  const { id, type } = entry;
  return activity(id, offset, { userId, type, metadata: { secret: `secret-${offset}-` } });
}

/** A topic of one partition with a store, and members that store it. */
function setUp(entries: readonly Entry[]) {
  const contents = entries.map(contentOf);
  const [store, clock, time] = [new MemoryStore(), new FixedClock(), { now: 0 }];
  const member = (around: Parameters<typeof storing>[0] = {}) => storing(around, () => ({ clock }), store);
  const { ledger, deliver } = member();
  const records = (from: number, to: number) =>
    contents.slice(from, to).map((content, index) => recordAt(from + index, content));
  const sweepProjects = makeSweepProjects({
    projects: new MemoryProjectRepository(store),
    projectTable: new ProjectTable(undefined, () => 0),
    clock,
    pauseSweep: async () => undefined,
    now: () => time.now,
    ledger,
    digestUser,
    anonymiser,
    settleMs: 1,
    maxSweepPortionMs: 1000,
  });
  const sweep = async () => {
    time.now += 1;
    clock.advance(1);
    await sweepProjects('erasure');
  };
  let committed = 0;
  /** Stores the whole topic and finishes every erasure, as other members would. */
  async function finishAll(): Promise<void> {
    await deliver(...records(0, contents.length));
    for (let pass = 0; pass < 2; pass += 1) await sweep();
    committed = contents.length;
  }
  return {
    store,
    ledger,
    contents,
    sweep,
    finishAll,
    /** Stores a batch that begins at or below the first offset that is not committed. */
    async deliver({ from, size, fate }: Extract<Step, { kind: 'store' }>): Promise<void> {
      const begin = from % (committed + 1);
      const batch = records(begin, begin + size);
      if (fate === 'frozen') await member({ beforeSave: finishAll }).deliver(...batch);
      else if (fate === 'dies') {
        const death = new Error('died');
        const die = () => Promise.reject(death);
        const dying = storing({ afterSave: die }, () => ({ clock, pause: die }), store);
        const result = await dying.deliver(...batch).catch((error: unknown) => error);
        if (result === death) return;
      } else await deliver(...batch);
      committed = Math.max(committed, begin + batch.length);
    },
  };
}

type Topic = ReturnType<typeof setUp>;

/** Returns the erasures of a user, in the order of their requests. */
const erasuresOf = ({ contents }: Topic, userId: string) =>
  contents.flatMap((content, offset) =>
    'name' in content && content.erasure.userId === userId
      ? [recordedOf(offset, content.erasure.mode, { id: content.erasure.id, userId, second: offset })]
      : [],
  );

/** Returns the form in which an activity may be stored, or undefined if it is erased. */
function formOf(topic: Topic, offset: number): UserActivity | undefined {
  const content = topic.contents[offset];
  if (!(content instanceof UserActivity)) return undefined;
  const { project, userId, receivedAt } = content;
  const origin = { log, partition: 0, offset };
  const deciding = decidingErasure(erasuresOf(topic, userId), { origin, receivedAt });
  if (deciding === undefined) return content;
  return deciding.mode === 'erase' ? undefined : content.anonymised(anonymiser.replace(project, userId));
}

/** Returns an activity without its user and metadata if its user was ever anonymised, because it may be a copy that was sent again. */
function anonymousForm(topic: Topic, form: UserActivity): UserActivity {
  const isAnonymised = erasuresOf(topic, form.userId).some(({ mode }) => mode === 'anonymise');
  return isAnonymised ? form.anonymised(anonymiser.replace(form.project, form.userId)) : form;
}

/** Asserts that the store has all activities that it should, and none that an erasure covers. */
function assertErased(topic: Topic): void {
  const { store, contents } = topic;
  for (const [key, stored] of store.activities)
    expect(stored).toEqual(formOf(topic, store.origins.get(key)?.offset ?? -1));
  const letters = new Map([...store.letters.values()].map((letter) => [letter.origin.offset, letter]));
  const wrong = contents.flatMap((_, offset) => wrongAt(topic, offset, letters.get(offset)));
  expect(wrong).toEqual([]);
}

/** Returns what is wrong with the record at an offset, or with its dead letter. */
function wrongAt(topic: Topic, offset: number, letter: DeadLetter | undefined): readonly string[] {
  const content = topic.contents[offset];
  if (content instanceof UserActivity) return wrongActivityAt(topic, offset, content, letter);
  if (content === undefined || 'name' in content) return [];
  const diedAt = Timestamp.trusted(0);
  const origin = { topic: 'user-activity', partition: 0, offset };
  const isErased = erasuresOf(topic, content.keyOf ?? '').some((erasure) =>
    isLetterCovered({ origin, diedAt }, erasure),
  );
  if ((letter === undefined) === isErased) return [];
  return [isErased ? `the letter at ${offset} is left` : `the letter at ${offset} is missing`];
}

function wrongActivityAt(
  topic: Topic,
  offset: number,
  content: UserActivity,
  letter: DeadLetter | undefined,
): readonly string[] {
  const form = formOf(topic, offset);
  if (form === undefined) return letter === undefined ? [] : [`the letter at ${offset} is left`];
  // The activity is stored, or another activity has its id and this one has a dead letter.
  const holder = [...topic.store.activities.values()].find(({ id }) => id === form.id);
  if (holder === undefined) return [`the activity at ${offset} is lost`];
  if (letter === undefined)
    return [form, anonymousForm(topic, form)].every((each) => holder.compare(each) === 'conflict')
      ? [`the letter at ${offset} is missing`]
      : [];
  const text = new TextDecoder().decode(letter.value ?? undefined);
  return form !== content && [content.userId, 'secret'].some((erased) => text.includes(erased))
    ? [`the letter at ${offset} names what is erased`]
    : [];
}

test('whatever happens, nothing that an erasure covers is left, and nothing else is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEntry, { minLength: 1, maxLength: 10 }),
      fc.array(anyStep, { maxLength: 8 }),
      async (entries, steps) => {
        const topic = setUp(entries);
        for (const step of steps) await (step.kind === 'sweep' ? topic.sweep() : topic.deliver(step));
        await topic.finishAll();
        assertErased(topic);
        expect(await topic.ledger.findOpen(10)).toEqual([]);
        // A replay of the whole topic changes nothing.
        const before = [...topic.store.activities];
        await topic.finishAll();
        expect([...topic.store.activities]).toEqual(before);
        assertErased(topic);
      },
    ),
    { numRuns: 400 },
  );
});
