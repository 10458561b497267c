/** The projects of the clients. Clients of both use the same ids and the same users. */
export const projects = ['default', 'shop'] as const;

/** The project of records whose names of projects are invalid or contradict each other. */
export const systemProject = '_system';

/** The project of the users that are erased. Its activities are judged apart from those of the other projects. */
export const forgottenProject = 'forgotten';
