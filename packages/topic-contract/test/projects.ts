import { ProjectId, UserActivity } from '@user-activity/domain';
import * as fc from 'fast-check';

/** Projects to which clients may write. One in three is `default`. */
export const anyProject: fc.Arbitrary<ProjectId> = fc
  .oneof(
    fc.constantFrom('default', 'default-2', '0', 'a-', 'constructor', 'x'.repeat(64)),
    fc.constant('default'),
    fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/),
  )
  .map((name) => ProjectId.parse(name));

/** Returns the same activity in another project. */
export const inProject = (activity: UserActivity, project: ProjectId): UserActivity =>
  UserActivity.parse({ ...activity.toJSON(), project });
