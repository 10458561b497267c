import { balance, type RecordCounts, sumOf } from './balance.ts';
import type { Evidence, EvidenceByProject } from './evidence.ts';
import { FactIndex } from './fact-index.ts';
import { findFeedFaults } from './find-feed-faults.ts';
import { findMisplaced } from './find-misplaced.ts';
import { findMissing } from './find-missing.ts';
import { projects } from '../projects.ts';
import { findSwapped } from './find-swapped.ts';
import type { Violation } from './violation.ts';

/** The result of judging a run. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly counts: RecordCounts;
}

/** Judges each project of a run on its own. The subject of a violation begins with the name of the project, unless it is `default`. */
export function judgeProjects(evidence: EvidenceByProject): Verdict {
  const verdicts = [...evidence].map(([project, evidenceOfProject]) => {
    const { counts, violations } = judge(evidenceOfProject);
    const named = violations.map(({ subject, ...violation }) => ({
      ...violation,
      subject: project === projects[0] ? subject : `${project} ${subject}`,
    }));
    return { counts, violations: named };
  });
  return {
    counts: sumOf(verdicts.map(({ counts }) => counts)),
    violations: verdicts.flatMap(({ violations }) => violations),
  };
}

/** Compares the requests, the responses, the log and the store of a project, and returns all violations. */
export function judge(evidence: Evidence): Verdict {
  const facts = new FactIndex(evidence);
  const { counts, violations } = balance(evidence, facts);
  const others = [findMissing, findMisplaced, findSwapped, findFeedFaults].flatMap((find) =>
    find(evidence, facts),
  );
  return { counts, violations: [...others, ...violations] };
}
