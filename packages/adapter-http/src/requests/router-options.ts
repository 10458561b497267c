import { UserId } from '@user-activity/domain';

// The maximum length of a percent-encoded user id: UTF-8 has up to 4 bytes per character, `%2F` has 3 characters per byte.
const maxParamLength = UserId.maxLength * 4 * 3;

/** The router options of every server. */
export const routerOptions = { ignoreTrailingSlash: true, maxParamLength };
