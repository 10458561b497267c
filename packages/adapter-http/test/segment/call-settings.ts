import { defaultMetadataBytes, ProjectId } from '@user-activity/domain';
import { KeyMask } from '../../src/segment/key-mask.ts';

/** The settings of calls without a public key, in the project `default`. */
export const around = {
  sender: { project: ProjectId.default },
  maxBytes: defaultMetadataBytes,
  keyMask: new KeyMask([]),
};
