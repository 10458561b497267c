import type { EffectiveProject } from '@user-activity/application';
import { RetentionDays } from '@user-activity/domain';
import { type Static, Type } from '@sinclair/typebox';
import { namedSchema } from './component-schemas.ts';
import { projectLimitsSchema } from './limits-json.ts';
import { projectPattern, projectRule } from './project-name.ts';

const days = Type.Integer({ minimum: RetentionDays.min, maximum: RetentionDays.max });

export const retentionDaysSchema = Type.Union([days, Type.Null()], {
  description:
    'The number of days for which the activities of the project are kept after their `createdAt`. Null: as long as the deployment keeps them.',
  examples: [30],
});

// Not "Project": client generators for Go would confuse the schema with the parameter of that name.
export const projectSchema = namedSchema(
  'ProjectDetails',
  Type.Object({
    id: Type.String({ description: `The name: ${projectRule}.`, examples: ['shop'] }),
    retentionDays: retentionDaysSchema,
    effectiveRetentionDays: Type.Union([days, Type.Null()], {
      description:
        'The retention that applies: the shorter one of `retentionDays` and the `RETENTION_DAYS` of the deployment. Null: everything is kept.',
      examples: [30],
    }),
    limits: projectLimitsSchema,
    erasing: Type.Boolean({
      description: 'Whether the data of the project is being erased.',
      examples: [false],
    }),
  }),
);

/** The parameters of a path with the name of a project. */
export const projectInPathSchema = Type.Object({
  id: Type.String({
    pattern: `^${projectPattern}$`,
    description: `The name of the project: ${projectRule}.`,
    examples: ['shop'],
  }),
});

export const toProjectJson = ({
  id,
  retentionDays,
  effectiveRetentionDays,
  limits,
  erasing,
}: EffectiveProject): Static<typeof projectSchema> => ({
  id,
  retentionDays: retentionDays ?? null,
  effectiveRetentionDays: effectiveRetentionDays ?? null,
  limits: { ...limits },
  erasing,
});
