/** The projects in which clients log activities. The clients of both projects use the same ids and the same users. */
export const projects = ['default', 'shop'] as const;

/** The project of the dead letters of records that name an invalid project, or two different projects. */
export const systemProject = '_system';

/** The project of the users that are erased. Its activities are judged by other rules: those of `findErasureFaults`. */
export const erasureProject = 'forgotten';
