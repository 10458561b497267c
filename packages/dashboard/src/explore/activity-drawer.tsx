import type { Activity } from '@user-activity/client';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiKey } from '../api/key.ts';
import { project } from '../api/project.ts';
import { service, serviceNow, serviceUrl } from '../api/service.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { curlCommand } from '../shared/curl.ts';
import { Icon } from '../shared/icon.tsx';
import { Failed, Loading, Notice } from '../shared/states.tsx';
import { formatAgo, formatMoment } from '../shared/time-format.ts';
import { useMedia } from '../shared/use-media.ts';
import { useResource } from '../shared/use-resource.ts';
import { Value } from '../shared/value.tsx';
import { hrefOf } from '../shell/place.ts';
import { MetadataTree } from './metadata-tree.tsx';
import './activity-drawer.css';

interface ActivityDrawerProps {
  readonly id: string;
  /** The activity, if the table has loaded it. Otherwise the drawer loads it. */
  readonly known: Activity | undefined;
  readonly onClose: () => void;
  readonly onFilter: (name: 'user' | 'type', value: string) => void;
  /** Adds a metadata filter. Returns an error message if that is not possible, and otherwise undefined. */
  readonly onFilterMetadata: (path: string, value: string) => string | undefined;
}

/** Matches if the window is so narrow that the drawer covers the table. */
const covering = matchMedia('(width <= 900px)');

/** A panel that shows all data of one activity, with buttons to copy it and to filter by its values. */
export function ActivityDrawer(props: ActivityDrawerProps) {
  const { id, known, onClose } = props;
  const { value, error, isLoading, reload } = useResource(
    async (signal) => known ?? (await service.get(id, { signal })),
    [id, known === undefined],
  );
  const activity = known ?? (value?.id === id ? value : undefined);
  const isCovering = useMedia(covering);
  const panel = useRef<(HTMLElement & HTMLDialogElement) | null>(null);
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
  }, [id]);
  return (
    <Panel key={String(isCovering)} panel={panel} isCovering={isCovering} onClose={onClose}>
      <header>
        <h2 tabIndex={-1}>
          <bdi>
            <Value text={activity?.type ?? 'Activity'} />
          </bdi>
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
          <p>It may have been erased, or deleted because of its age.</p>
        </Notice>
      )}
    </Panel>
  );
}

interface PanelProps {
  readonly panel: RefObject<(HTMLElement & HTMLDialogElement) | null>;
  /** Whether the panel covers the table. */
  readonly isCovering: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A panel beside the table. If it covers the table, it is a modal dialog: the focus stays in it until it closes. */
function Panel({ panel, isCovering, onClose, children }: PanelProps) {
  useEffect(() => {
    if (!isCovering) return;
    panel.current?.showModal();
    panel.current?.querySelector('h2')?.focus();
  }, []);
  if (!isCovering)
    return (
      <aside class="drawer" ref={panel} aria-label="Activity">
        {children}
      </aside>
    );
  return (
    <dialog class="drawer" ref={panel} aria-label="Activity" onClose={onClose}>
      {children}
    </dialog>
  );
}

function Details({
  activity,
  onFilter,
  onFilterMetadata,
}: ActivityDrawerProps & { readonly activity: Activity }) {
  const { id, userId, type, metadata, createdAt, receivedAt, source } = activity;
  const [fault, setFault] = useState<string | undefined>();
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
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <MetadataTree metadata={metadata} onFilter={(path, value) => setFault(onFilterMetadata(path, value))} />
    </>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly isCode?: boolean;
  /** A link to the view of the value. */
  readonly href?: string;
  readonly onFilter?: () => void;
}

const Fact = ({ name, value, isCode = false, href, onFilter }: FactProps) => (
  <div>
    <dt>{name}</dt>
    <dd dir="auto">
      {isCode ? (
        <code>
          <Value text={value} />
        </code>
      ) : (
        <bdi>
          <Value text={value} />
        </bdi>
      )}
      {href !== undefined && (
        <a class="fact-link" href={href}>
          All activities of this {name.toLowerCase()}
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
