import type { ActivityType } from '../activity/activity-type.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import type { UserId } from '../activity/user-id.ts';
import { Violations } from '../shared/violation.ts';
import { assertValidQuery } from './invalid-query.ts';
import { MetadataCondition } from './metadata-condition.ts';
import { TimeRange } from './time-range.ts';

/** The maximum number of users, of types, and of values of one condition. */
export const maxValues = 20;
/** The maximum number of conditions on metadata. */
export const maxConditions = 10;

/**
 * The parts of a filter. An activity must match every part. An empty list of users or types matches every activity. A list that is not empty
 * matches the activities of these users or types.
 */
export interface FilterParts {
  readonly project: ProjectId;
  readonly userIds: readonly UserId[];
  readonly types: readonly ActivityType[];
  readonly createdAt: TimeRange;
  /**
   * All conditions must hold, and their paths differ. No index helps to find metadata. So except in the feed, a filter with conditions must also
   * have a user or a `createdAt.from`.
   */
  readonly metadata: readonly MetadataCondition[];
}

type SomeParts = Pick<FilterParts, 'project'> & Partial<FilterParts>;

/** Selects activities. Only `of` and `ofFeed` make a filter, so its parts are within their limits. */
export class ActivityFilter implements FilterParts {
  readonly project: ProjectId;
  readonly userIds: readonly UserId[];
  readonly types: readonly ActivityType[];
  readonly createdAt: TimeRange;
  readonly metadata: readonly MetadataCondition[];

  private constructor({ project, userIds, types, createdAt, metadata }: FilterParts) {
    this.project = project;
    this.userIds = userIds;
    this.types = types;
    this.createdAt = createdAt;
    this.metadata = metadata;
  }

  /** Makes a filter for the activities of a project. An absent part matches everything. Throws INVALID_QUERY if a part breaks a limit. */
  static of(parts: SomeParts): ActivityFilter {
    return ActivityFilter.#checked(parts, ({ userIds, metadata, createdAt }, violations) => {
      if (metadata.length > 0 && userIds.length === 0 && createdAt.from === undefined)
        violations.add('/metadata', 'needs userIds or createdAt.from as well, to limit the search');
    });
  }

  /** Makes a filter for the feed. Its metadata conditions need no user or time, because each page of the feed examines few activities. */
  static ofFeed(parts: SomeParts): ActivityFilter {
    return ActivityFilter.#checked(parts, () => {});
  }

  static #checked(
    {
      project,
      userIds = [],
      types = [],
      createdAt = TimeRange.between(undefined, undefined),
      metadata = [],
    }: SomeParts,
    checkTogether: (parts: FilterParts, violations: Violations) => void,
  ): ActivityFilter {
    const violations = new Violations();
    const limit = (path: string, items: readonly unknown[], max: number): void => {
      if (items.length > max) violations.add(path, `must have at most ${max} items`);
    };
    limit('/userIds', userIds, maxValues);
    limit('/types', types, maxValues);
    limit('/metadata', metadata, maxConditions);
    const parts = { project, userIds, types, createdAt, metadata };
    checkTogether(parts, violations);
    for (const condition of metadata)
      violations.check('/metadata', () => MetadataCondition.assertWithinLimits(condition, maxValues));
    assertValidQuery(violations.list);
    return new ActivityFilter(parts);
  }

  /** Returns a copy of this filter in which `parts` replace its own parts. Throws as `of` does. */
  with(parts: Partial<FilterParts>): ActivityFilter {
    const { project, userIds, types, createdAt, metadata } = this;
    return ActivityFilter.of({ project, userIds, types, createdAt, metadata, ...parts });
  }

  /** Returns whether an activity matches every part of the filter. */
  matches({ project, userId, type, createdAt, metadata }: Pick<UserActivity, MatchedField>): boolean {
    return (
      this.project === project &&
      (this.userIds.length === 0 || this.userIds.includes(userId)) &&
      (this.types.length === 0 || this.types.includes(type)) &&
      this.createdAt.holds(createdAt) &&
      this.metadata.every((condition) => MetadataCondition.matches(condition, metadata))
    );
  }
}

type MatchedField = 'project' | 'userId' | 'type' | 'createdAt' | 'metadata';
