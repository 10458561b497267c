import {
  type ActivityMeasurement,
  type ActivityRemoval,
  ActivityKeyText,
  type Claim,
  type Erasure,
  type ErasedRecord,
  isErased,
  type KeptErasure,
  maxProjectSettings,
  type MeasuredPortion,
  nextErasedAt,
  type ProjectId,
  type ProjectPage,
  type ProjectQuery,
  type ProjectRepository,
  ProjectSettings,
  type RemovedPortion,
  type SettingsChange,
  type SettingsOfProject,
  storedBytesOf,
  type Timestamp,
} from '@user-activity/domain';
import { claimWork, releaseWork } from './claims.ts';
import { itemsAfter } from './items-after.ts';
import { MemoryStore } from './memory-store.ts';

/** Keeps the settings and erasures of projects in maps. Each removal checks all activities or dead letters. */
export class MemoryProjectRepository implements ProjectRepository {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async find({ after, limit }: ProjectQuery): Promise<ProjectPage> {
    const { activities, letters, projectSettings, erasures } = this.#reachableStore();
    const ids = new Set([
      ...[...activities.values(), ...letters.values()].map(({ project }) => project),
      ...projectSettings.keys(),
      ...[...erasures.values()].flatMap(({ project, erasing }) => (erasing ? project : [])),
    ]);
    const following = [...ids].filter((id) => after === undefined || id > after).toSorted();
    const projects = following.slice(0, limit).map((id) => ({
      id,
      ...(projectSettings.get(id) ?? ProjectSettings.none),
      erasing: erasures.get(id)?.erasing ?? false,
    }));
    return { projects, hasMore: following.length > limit };
  }

  async findSettings(): Promise<readonly SettingsOfProject[]> {
    return [...this.#reachableStore().projectSettings].map(([project, settings]) => ({
      project,
      ...settings,
    }));
  }

  async changeSettings(project: ProjectId, change: SettingsChange): Promise<ProjectSettings | 'too-many'> {
    const { projectSettings } = this.#reachableStore();
    const before = projectSettings.get(project);
    const settings = ProjectSettings.changed(before ?? ProjectSettings.none, change);
    if (ProjectSettings.isNone(settings)) projectSettings.delete(project);
    else if (projectSettings.size >= maxProjectSettings && before === undefined) return 'too-many';
    else projectSettings.set(project, settings);
    return settings;
  }

  async beginErasure(project: ProjectId, now: Timestamp): Promise<Erasure> {
    const { projectSettings, erasures } = this.#reachableStore();
    const erasure = { project, erasedAt: nextErasedAt(erasures.get(project)?.erasedAt, now) };
    erasures.set(project, { ...erasure, erasing: true });
    projectSettings.delete(project);
    return erasure;
  }

  async findErasures(projects: readonly ProjectId[]): Promise<readonly KeptErasure[]> {
    const { erasures } = this.#reachableStore();
    return [...new Set(projects)].flatMap((project) => erasures.get(project) ?? []);
  }

  async findErasing(limit: number): Promise<readonly Erasure[]> {
    return [...this.#reachableStore().erasures.values()]
      .filter(({ erasing }) => erasing)
      .slice(0, limit)
      .map(({ project, erasedAt }) => ({ project, erasedAt }));
  }

  async endErasure(erasure: Erasure): Promise<void> {
    const { erasures } = this.#reachableStore();
    if (erasures.get(erasure.project)?.erasedAt === erasure.erasedAt)
      erasures.set(erasure.project, { ...erasure, erasing: false });
  }

  async removeActivities(removal: ActivityRemoval): Promise<RemovedPortion> {
    const { project, createdBefore = Infinity, receivedUpTo = Infinity, after, limit } = removal;
    const { activities } = this.#reachableStore();
    const candidates = [...activities.values()].filter(
      (activity) => activity.project === project && activity.createdAt < createdBefore,
    );
    const portion = itemsAfter(candidates, 'createdAt', 'asc', after).slice(0, limit);
    const due = portion.filter(({ receivedAt }) => receivedAt <= receivedUpTo);
    for (const activity of due) this.#store.remove(ActivityKeyText.of(activity));
    const last = portion.length < limit ? undefined : portion.at(-1);
    return { removed: due.length, next: last && { createdAt: last.createdAt, id: last.id } };
  }

  async measureActivities({ project, after, limit }: ActivityMeasurement): Promise<MeasuredPortion> {
    const candidates = [...this.#reachableStore().activities.values()].filter(
      (activity) => activity.project === project,
    );
    const portion = itemsAfter(candidates, 'createdAt', 'asc', after).slice(0, limit);
    const bytes = portion.reduce((sum, activity) => sum + storedBytesOf(activity), 0);
    const last = portion.length < limit ? undefined : portion.at(-1);
    return { bytes, next: last && { createdAt: last.createdAt, id: last.id } };
  }

  async removeLetters(project: ProjectId, diedUpTo: Timestamp, limit: number): Promise<number> {
    const { letters } = this.#reachableStore();
    const due = [...letters]
      .filter(([, letter]) => letter.project === project && letter.diedAt <= diedUpTo)
      .slice(0, limit);
    for (const [id] of due) letters.delete(id);
    return due.length;
  }

  async removeErased(records: readonly ErasedRecord[]): Promise<void> {
    const { activities, letters } = this.#reachableStore();
    for (const record of records) {
      const key = ActivityKeyText.of(record);
      const activity = activities.get(key);
      if (activity !== undefined && isErased(activity, record)) this.#store.remove(key);
      if (letters.get(record.letterId)?.project === record.project) letters.delete(record.letterId);
    }
  }

  /** Does nothing, because this store has no expiry of its own. Only `removeActivities` removes old activities. */
  async expireAfter(): Promise<void> {
    this.#store.assertReachable();
  }

  async claimSweep(claim: Claim): Promise<'claimed' | 'taken'> {
    return claimWork(this.#reachableStore(), 'sweep', claim);
  }

  async releaseSweep(claim: Claim): Promise<void> {
    releaseWork(this.#reachableStore(), 'sweep', claim);
  }

  #reachableStore(): MemoryStore {
    this.#store.assertReachable();
    return this.#store;
  }
}
