import { activityOf, type Doctoring, draftOf, without } from './evidence.ts';

/** Evidence of followers of the feed that missed something, or got something twice or in a wrong order. */
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
    'an activity that a follower got twice',
    'doubled',
    'two two',
    (evidence) => {
      evidence.feeds = [[...evidence.stored, ...evidence.stored.slice(1, 2)]];
    },
  ],
  [
    'activities that a follower got in another order than that of the log',
    'swapped',
    'one',
    (evidence) => {
      const [one, two, ...others] = evidence.stored;
      evidence.feeds = [[two, one].flatMap((activity) => activity ?? []).concat(others)];
    },
  ],
  [
    'an activity that a follower got, and that is not stored',
    'foreign',
    'mistaken',
    (evidence) => {
      evidence.feeds = [[...evidence.stored, activityOf(draftOf('mistaken'), 9)]];
    },
  ],
];
