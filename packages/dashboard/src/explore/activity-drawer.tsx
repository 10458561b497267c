import type { Activity } from '@user-activity/client';
import { useEffect, useRef } from 'preact/hooks';
import { apiKey } from '../api/key.ts';
import { project } from '../api/project.ts';
import { service, serviceNow, serviceUrl } from '../api/service.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { curlCommand } from '../shared/curl.ts';
import { Icon } from '../shared/icon.tsx';
import { Failed, Loading, Notice } from '../shared/states.tsx';
import { formatAgo, formatMoment } from '../shared/time-format.ts';
import { useResource } from '../shared/use-resource.ts';
import { hrefOf } from '../shell/place.ts';
import { MetadataTree } from './metadata-tree.tsx';
import './activity-drawer.css';

interface ActivityDrawerProps {
  readonly id: string;
  /** The activity, if the table has it. */
  readonly known: Activity | undefined;
  readonly onClose: () => void;
  readonly onFilter: (name: 'user' | 'type', value: string) => void;
  readonly onFilterMetadata: (path: string, value: string) => void;
}

const covering = matchMedia('(width <= 900px)');

/** Everything that is known of one activity. */
export function ActivityDrawer(props: ActivityDrawerProps) {
  const { id, known, onClose } = props;
  const { value, error, isLoading, reload } = useResource(
    async (signal) => known ?? (await service.get(id, { signal })),
    [id, known === undefined],
  );
  const activity = known ?? (value?.id === id ? value : undefined);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
  }, [id]);
  useEffect(() => {
    // It covers everything else, so it takes the focus, too.
    if (covering.matches) panel.current?.querySelector('button')?.focus();
  }, []);
  return (
    <aside class="drawer" ref={panel} aria-label="Activity">
      <header>
        <h2>
          <bdi>{activity?.type ?? 'Activity'}</bdi>
        </h2>
        <button type="button" class="icon-button" aria-label="Close the activity" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {activity !== undefined && <Details {...props} activity={activity} />}
      {activity === undefined && isLoading && <Loading />}
      {activity === undefined && error !== undefined && <Failed error={error} retry={reload} />}
      {activity === undefined && !isLoading && error === undefined && (
        <Notice icon="inbox" title="There is no such activity">
          <p>It may have been erased, or it is older than what is kept.</p>
        </Notice>
      )}
    </aside>
  );
}

function Details({
  activity,
  onFilter,
  onFilterMetadata,
}: ActivityDrawerProps & { readonly activity: Activity }) {
  const { id, userId, type, metadata, createdAt, receivedAt, source } = activity;
  const url = `${serviceUrl}/api/logs/${encodeURIComponent(id)}`;
  return (
    <>
      <div class="drawer-actions">
        <CopyButton label="Copy as JSON" text={() => JSON.stringify(activity, null, 2)} />
        <CopyButton
          label="Copy as curl"
          text={() => curlCommand(url, { hasKey: apiKey.value !== undefined, project: project.value })}
        />
      </div>
      <dl class="facts">
        <Fact
          name="User"
          value={userId}
          href={hrefOf('user', new URLSearchParams({ userId }))}
          onFilter={() => onFilter('user', userId)}
        />
        <Fact name="Type" value={type} onFilter={() => onFilter('type', type)} />
        <TimeFact name="Happened" time={createdAt} />
        <TimeFact name="Received" time={receivedAt} />
        <Fact name="Id" value={id} isCode />
        {source !== undefined && <Fact name="Sent with" value="a public key: anyone may have sent it" />}
      </dl>
      <h3>Metadata</h3>
      <MetadataTree metadata={metadata} onFilter={onFilterMetadata} />
    </>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly isCode?: boolean;
  /** The view of the value. */
  readonly href?: string;
  readonly onFilter?: () => void;
}

const Fact = ({ name, value, isCode = false, href, onFilter }: FactProps) => (
  <div>
    <dt>{name}</dt>
    <dd dir="auto">
      {isCode ? <code>{value}</code> : <bdi>{value}</bdi>}
      {href !== undefined && (
        <a class="fact-link" href={href}>
          All of this {name.toLowerCase()}
        </a>
      )}
      {onFilter !== undefined && (
        <button
          type="button"
          class="fact-filter"
          aria-label={`Filter by this ${name.toLowerCase()}`}
          onClick={onFilter}
        >
          <Icon name="filter" />
        </button>
      )}
    </dd>
  </div>
);

function TimeFact({ name, time }: { readonly name: string; readonly time: string }) {
  const moment = formatMoment(time);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {moment.day} {moment.time}
        <span>{formatAgo(Date.parse(time), serviceNow())}</span>
        <code>{time}</code>
      </dd>
    </div>
  );
}
