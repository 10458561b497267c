import {
  ActivityKeyText,
  type ActivityMeasurement,
  type ActivityRemoval,
  type Claim,
  type Erasure,
  type ErasedRecord,
  type KeptErasure,
  maxErasedAt,
  type MeasuredPortion,
  type ProjectPage,
  ProjectId,
  type ProjectQuery,
  type ProjectRepository,
  type ProjectSettings,
  type RemovedPortion,
  type RetentionDays,
  type SettingsChange,
  type SettingsOfProject,
  Timestamp,
} from '@user-activity/domain';
import { changeSettings } from './change-settings.ts';
import { claimWork, releaseWork } from './claims.ts';
import { deadLetterOrder } from './indexes.ts';
import { measureActivities } from './measure-activities.ts';
import type { MongoStore } from './mongo-store.ts';
import { type ErasureDocument, erasingIndex, settingsOf } from './project-documents.ts';
import { readProjects } from './read-projects.ts';
import { removeActivities } from './remove-activities.ts';
import { translated } from './translated.ts';

export class MongoProjectRepository implements ProjectRepository {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  find(query: ProjectQuery): Promise<ProjectPage> {
    return translated(() => readProjects(this.#store, query));
  }

  findSettings(): Promise<readonly SettingsOfProject[]> {
    const { settings, timeoutMs } = this.#store;
    return translated(async () => {
      const documents = await settings.find({}, { maxTimeMS: timeoutMs }).toArray();
      return documents.map((document) => ({
        project: ProjectId.trusted(document._id),
        ...settingsOf(document),
      }));
    });
  }

  changeSettings(project: ProjectId, change: SettingsChange): Promise<ProjectSettings | 'too-many'> {
    return translated(() => changeSettings(this.#store, project, change));
  }

  beginErasure(project: ProjectId, now: Timestamp): Promise<Erasure> {
    const { settings, erasures, timeoutMs } = this.#store;
    // As `nextErasedAt`. A missing `erasedAt` is less than any time.
    const [erasedNow, latest] = [new Date(now), new Date(maxErasedAt(now))];
    const isReplaced = { $or: [{ $gt: ['$erasedAt', latest] }, { $lt: ['$erasedAt', erasedNow] }] };
    const erasedAt = { $cond: [isReplaced, erasedNow, '$erasedAt'] };
    return translated(async () => {
      const document = await erasures.findOneAndUpdate(
        { _id: project },
        [{ $set: { erasedAt, erasing: true } }],
        { upsert: true, returnDocument: 'after', maxTimeMS: timeoutMs },
      );
      if (document === null) throw new Error('MongoDB returned no document for an upsert.');
      // Last: if this fails, the project is erased nevertheless, and keeps its settings until the request is sent again.
      await settings.deleteOne({ _id: project });
      return erasureOf(document);
    });
  }

  async findErasures(projects: readonly ProjectId[]): Promise<readonly KeptErasure[]> {
    if (projects.length === 0) return [];
    const { erasures, timeoutMs } = this.#store;
    const condition = { _id: { $in: [...projects] } };
    return translated(async () => {
      const documents = await erasures.find(condition, { maxTimeMS: timeoutMs }).toArray();
      return documents.map((document) => ({
        ...erasureOf(document),
        erasing: document.erasing !== undefined,
      }));
    });
  }

  findErasing(limit: number): Promise<readonly Erasure[]> {
    const { erasures, timeoutMs: maxTimeMS } = this.#store;
    const options = { limit, maxTimeMS, hint: { ...erasingIndex.key } };
    return translated(async () => (await erasures.find({ erasing: true }, options).toArray()).map(erasureOf));
  }

  async endErasure({ project, erasedAt }: Erasure): Promise<void> {
    const filter = { _id: project, erasedAt: new Date(erasedAt) };
    await translated(() => this.#store.erasures.updateOne(filter, { $unset: { erasing: true } }));
  }

  removeActivities(removal: ActivityRemoval): Promise<RemovedPortion> {
    return translated(() => removeActivities(this.#store, removal));
  }

  measureActivities(measurement: ActivityMeasurement): Promise<MeasuredPortion> {
    return translated(() => measureActivities(this.#store, measurement));
  }

  removeLetters(project: ProjectId, diedUpTo: Timestamp, limit: number): Promise<number> {
    const { deadLetters, timeoutMs } = this.#store;
    const condition = { project, diedAt: { $lte: new Date(diedUpTo) } };
    return translated(async () => {
      const due = await deadLetters
        .find<{ readonly _id: string }>(condition, {
          projection: { _id: 1 },
          sort: { diedAt: 1, _id: 1 },
          limit,
          maxTimeMS: timeoutMs,
          hint: deadLetterOrder,
        })
        .toArray();
      if (due.length === 0) return 0;
      const filter = { ...condition, _id: { $in: due.map(({ _id }) => _id) } };
      return (await deadLetters.deleteMany(filter, { hint: { _id: 1 } })).deletedCount;
    });
  }

  async removeErased(records: readonly ErasedRecord[]): Promise<void> {
    const { activities, deadLetters } = this.#store;
    const options = { hint: { _id: 1 } };
    const byErasure = Map.groupBy(records, ({ project, erasedAt }) => `${project} ${erasedAt}`);
    await translated(async () => {
      for (const group of byErasure.values()) {
        const [{ project, erasedAt } = { project: ProjectId.default, erasedAt: 0 }] = group;
        const receivedAt = { $lte: new Date(erasedAt) };
        await activities.deleteMany({ _id: { $in: group.map(ActivityKeyText.of) }, receivedAt }, options);
        const letterIds: string[] = group.map(({ letterId }) => letterId);
        await deadLetters.deleteMany({ _id: { $in: letterIds }, project }, options);
      }
    });
  }

  expireAfter(days: RetentionDays | undefined): Promise<void> {
    return translated(() => this.#store.expireAfter(days));
  }

  claimSweep(claim: Claim): Promise<'claimed' | 'taken'> {
    return translated(() => claimWork(this.#store, 'sweep', claim));
  }

  releaseSweep(claim: Claim): Promise<void> {
    return translated(() => releaseWork(this.#store, 'sweep', claim));
  }
}

const erasureOf = ({ _id, erasedAt }: ErasureDocument): Erasure => ({
  project: ProjectId.trusted(_id),
  erasedAt: Timestamp.trusted(erasedAt.getTime()),
});
