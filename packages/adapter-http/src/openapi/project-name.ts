import { ProjectId } from '@user-activity/domain';

/** The rule for the name of a project, in Markdown. */
export const projectRule = `1-${ProjectId.maxLength} characters from \`a-z\`, \`0-9\` and \`-\`, not beginning with \`-\``;

/** The same rule as a regular expression without anchors. */
export const projectPattern = `[a-z0-9][a-z0-9-]{0,${ProjectId.maxLength - 1}}`;
