import { activityOf, type Doctoring, draftOf, without } from './evidence.ts';

/** Changes after which a follower of the feed missed an activity, or received one twice or in a wrong order. */
export const doctoredFeeds: readonly Doctoring[] = [
  [
    'a stored activity that one follower missed',
    'lost',
    'three',
    (evidence) => {
      evidence.feeds = [evidence.stored, without(evidence.stored, 2)];
    },
  ],
  [
    'an activity that a follower received twice',
    'doubled',
    'two two',
    (evidence) => {
      evidence.feeds = [[...evidence.stored, ...evidence.stored.slice(1, 2)]];
    },
  ],
  [
    'activities that a follower received in a different order than on the log',
    'swapped',
    'one',
    (evidence) => {
      const [one, two, ...others] = evidence.stored;
      evidence.feeds = [[two, one].flatMap((activity) => activity ?? []).concat(others)];
    },
  ],
  [
    'an activity that a follower received, but that is not stored',
    'foreign',
    'mistaken',
    (evidence) => {
      evidence.feeds = [[...evidence.stored, activityOf(draftOf('mistaken'), 9)]];
    },
  ],
];
