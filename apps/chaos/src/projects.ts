/** The projects in which clients log activities. The clients of both projects use the same ids and the same users. */
export const projects = ['default', 'shop'] as const;

/** The project of the dead letters of records that name an invalid project, or two different projects. */
export const systemProject = '_system';

/** The project of the users that are erased. Other rules judge its activities than those of the other projects. */
export const erasureProject = 'forgotten';
