import type { Activity } from '@user-activity/client';
import { hrefOf } from '../shell/place.ts';
import { preview } from './preview.ts';
import { formatMoment } from './time-format.ts';
import { Value } from './value.tsx';
import './activity-line.css';

interface ActivityLineProps {
  readonly activity: Activity;
  /** The CSS color of the activity's type. */
  readonly color: string;
  /** Whether the line shows the user. Default: false. */
  readonly hasUser?: boolean;
}

/** Shows an activity in one line: time, type, user, and a preview of its metadata. The time links to the details. */
export function ActivityLine({ activity, color, hasUser = false }: ActivityLineProps) {
  const { id, userId, type, createdAt, metadata } = activity;
  const { day, time } = formatMoment(createdAt);
  return (
    <div class={`activity-line ${hasUser ? 'has-user' : ''}`}>
      <a
        class="line-time"
        href={hrefOf('explore', new URLSearchParams({ userId, from: 'all', id }))}
        title={`${day} ${time}: show the details`}
      >
        {time}
      </a>
      <span class="line-type">
        <i style={{ background: color }} />
        <bdi>
          <Value text={type} />
        </bdi>
      </span>
      {hasUser && (
        <a class="line-user" dir="auto" href={hrefOf('user', new URLSearchParams({ userId }))}>
          <Value text={userId} />
        </a>
      )}
      <span class="line-preview" dir="auto">
        <Value text={preview(metadata)} isMultiline />
      </span>
    </div>
  );
}
