import { balance, type RecordCounts, sumOf } from './balance.ts';
import type { Evidence, EvidenceByProject } from './evidence.ts';
import { Facts } from './facts.ts';
import { followed } from './followed.ts';
import { misplaced } from './misplaced.ts';
import { missing } from './missing.ts';
import { projects } from '../projects.ts';
import { swapped } from './swapped.ts';
import type { Violation } from './violation.ts';

/** The result of judging a run. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly counts: RecordCounts;
}

/** Judges each project of a run by itself. The subjects of violations begin with the project, unless it is `default`. */
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

/** Judges a project by its requests and responses, the log and the store. */
export function judge(evidence: Evidence): Verdict {
  const facts = new Facts(evidence);
  const { counts, violations } = balance(evidence, facts);
  const others = [missing, misplaced, swapped, followed].flatMap((find) => find(evidence, facts));
  return { counts, violations: [...others, ...violations] };
}
