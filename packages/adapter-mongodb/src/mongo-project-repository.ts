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
import { type ErasureDocument, erasingIndex, settingsFromDocument } from './project-documents.ts';
import { readProjects } from './read-projects.ts';
import { removeActivities } from './remove-activities.ts';
import { translateErrors } from './translate-errors.ts';

export class MongoProjectRepository implements ProjectRepository {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  find(query: ProjectQuery): Promise<ProjectPage> {
    return translateErrors(() => readProjects(this.#store, query));
  }

  findSettings(): Promise<readonly SettingsOfProject[]> {
    const { settings, timeoutMs } = this.#store;
    return translateErrors(async () => {
      const documents = await settings.find({}, { maxTimeMS: timeoutMs }).toArray();
      return documents.map((document) => ({
        project: ProjectId.trusted(document._id),
        ...settingsFromDocument(document),
      }));
    });
  }

  changeSettings(project: ProjectId, change: SettingsChange): Promise<ProjectSettings | 'too-many'> {
    return translateErrors(() => changeSettings(this.#store, project, change));
  }

  beginErasure(project: ProjectId, now: Timestamp): Promise<Erasure> {
    const { settings, erasures, timeoutMs } = this.#store;
    // Agrees with `nextErasedAt` of the domain. A missing `erasedAt` is less than any time.
    const [erasedNow, latest] = [new Date(now), new Date(maxErasedAt(now))];
    const isReplaced = { $or: [{ $gt: ['$erasedAt', latest] }, { $lt: ['$erasedAt', erasedNow] }] };
    const erasedAt = { $cond: [isReplaced, erasedNow, '$erasedAt'] };
    return translateErrors(async () => {
      const document = await erasures.findOneAndUpdate(
        { _id: project },
        [{ $set: { erasedAt, erasing: true } }],
        { upsert: true, returnDocument: 'after', maxTimeMS: timeoutMs },
      );
      if (document === null) throw new Error('MongoDB returned no document for an upsert.');
      // This is the last step. If it fails, the erasure has begun, but the project keeps its settings until the request is sent again.
      await settings.deleteOne({ _id: project });
      return projectErasureFromDocument(document);
    });
  }

  async findErasures(projects: readonly ProjectId[]): Promise<readonly KeptErasure[]> {
    if (projects.length === 0) return [];
    const { erasures, timeoutMs } = this.#store;
    const condition = { _id: { $in: [...projects] } };
    return translateErrors(async () => {
      const documents = await erasures.find(condition, { maxTimeMS: timeoutMs }).toArray();
      return documents.map((document) => ({
        ...projectErasureFromDocument(document),
        erasing: document.erasing !== undefined,
      }));
    });
  }

  findErasing(limit: number): Promise<readonly Erasure[]> {
    const { erasures, timeoutMs: maxTimeMS } = this.#store;
    const options = { limit, maxTimeMS, hint: { ...erasingIndex.key } };
    return translateErrors(async () =>
      (await erasures.find({ erasing: true }, options).toArray()).map(projectErasureFromDocument),
    );
  }

  async endErasure({ project, erasedAt }: Erasure): Promise<void> {
    const filter = { _id: project, erasedAt: new Date(erasedAt) };
    await translateErrors(() => this.#store.erasures.updateOne(filter, { $unset: { erasing: true } }));
  }

  removeActivities(removal: ActivityRemoval): Promise<RemovedPortion> {
    return translateErrors(() => removeActivities(this.#store, removal));
  }

  measureActivities(measurement: ActivityMeasurement): Promise<MeasuredPortion> {
    return translateErrors(() => measureActivities(this.#store, measurement));
  }

  removeLetters(project: ProjectId, diedUpTo: Timestamp, limit: number): Promise<number> {
    const { deadLetters, timeoutMs } = this.#store;
    const condition = { project, diedAt: { $lte: new Date(diedUpTo) } };
    return translateErrors(async () => {
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
    await translateErrors(async () => {
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
    return translateErrors(() => this.#store.expireAfter(days));
  }

  claimSweep(claim: Claim): Promise<'claimed' | 'taken'> {
    return translateErrors(() => claimWork(this.#store, 'sweep', claim));
  }

  releaseSweep(claim: Claim): Promise<void> {
    return translateErrors(() => releaseWork(this.#store, 'sweep', claim));
  }
}

const projectErasureFromDocument = ({ _id, erasedAt }: ErasureDocument): Erasure => ({
  project: ProjectId.trusted(_id),
  erasedAt: Timestamp.trusted(erasedAt.getTime()),
});
