import type { ActivityFilter } from '@user-activity/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiKey } from '../api/key.ts';
import { project } from '../api/project.ts';
import { serviceUrl } from '../api/service.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { curlCommand } from '../shared/curl.ts';
import { describeFailure } from '../shared/failure.ts';
import { Icon } from '../shared/icon.tsx';
import { Popover } from '../shared/popover.tsx';
import { formatCount } from '../shared/time-format.ts';
import { exportUrl, type ExportFormat } from './export-url.ts';
import { ExportTooLarge, maxBytesInMemory, saveExport } from './save-export.ts';
import './export-menu.css';

interface ExportMenuProps {
  readonly filter: ActivityFilter;
  readonly order: 'asc' | 'desc';
}

type Progress =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly bytes: number }
  | { readonly state: 'done'; readonly bytes: number }
  | { readonly state: 'failed'; readonly message: string };

const formats: readonly (readonly [format: ExportFormat, title: string])[] = [
  ['ndjson', 'NDJSON, one activity per line'],
  ['csv', 'CSV, for spreadsheets'],
];

/** A menu that exports all activities that match the filter, not only those loaded into the table. */
export function ExportMenu({ filter, order }: ExportMenuProps) {
  const [progress, setProgress] = useState<Progress>({ state: 'idle' });
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const urlOf = (format: ExportFormat): string => exportUrl(serviceUrl, filter, order, format);
  const save = async (format: ExportFormat): Promise<void> => {
    controller.current = new AbortController();
    const { signal } = controller.current;
    const options = { ...filter, order, format, signal };
    let bytes = 0;
    setProgress({ state: 'running', bytes });
    try {
      await saveExport(options, `activities.${format}`, (size) => {
        // Rendering after each chunk would take longer than reading it.
        if (size - bytes > 500_000 || bytes === 0) setProgress({ state: 'running', bytes: size });
        bytes = size;
      });
      setProgress({ state: 'done', bytes });
    } catch (error) {
      const isCancelled = error instanceof DOMException && error.name === 'AbortError';
      setProgress(isCancelled ? { state: 'idle' } : { state: 'failed', message: messageOf(error) });
    }
  };
  return (
    <Popover
      name="Export"
      alignEnd
      label={
        <>
          <Icon name="download" />
          <span class="wide-only">Export</span>
        </>
      }
    >
      {() => (
        <div class="export-menu">
          {formats.map(([format, title]) =>
            // A link cannot send headers, such as the key and the project. Without them, a link lets the browser download in constant memory.
            apiKey.value === undefined && project.value === undefined ? (
              <a key={format} class="menu-item" href={urlOf(format)} download={`activities.${format}`}>
                {title}
              </a>
            ) : (
              <button
                key={format}
                type="button"
                class="menu-item"
                disabled={progress.state === 'running'}
                onClick={() => void save(format)}
              >
                {title}
              </button>
            ),
          )}
          <p class="hint" role="status">
            <ProgressText progress={progress} />
          </p>
          {progress.state === 'running' ? (
            <button type="button" class="button" onClick={() => controller.current?.abort()}>
              Cancel
            </button>
          ) : (
            formats.map(([format]) => (
              <CopyButton
                key={format}
                label={`Copy as curl for ${format.toUpperCase()}`}
                text={() =>
                  curlCommand(urlOf(format), {
                    hasKey: apiKey.value !== undefined,
                    project: project.value,
                    file: `activities.${format}`,
                  })
                }
              />
            ))
          )}
        </div>
      )}
    </Popover>
  );
}

const megabytes = (bytes: number): string => `${formatCount(Math.round(bytes / 100_000) / 10)} MB`;

function ProgressText({ progress }: { readonly progress: Progress }) {
  if (progress.state === 'running') return <>Exporting: {megabytes(progress.bytes)} …</>;
  if (progress.state === 'done') return <>Saved {megabytes(progress.bytes)}.</>;
  if (progress.state === 'failed') return <span class="fault">{progress.message}</span>;
  return <>Exports all activities that match, in the order of the table.</>;
}

function messageOf(error: unknown): string {
  if (error instanceof ExportTooLarge)
    return `This browser can save at most ${megabytes(maxBytesInMemory)}. Narrow the range, or use the curl command.`;
  const { title, detail } = describeFailure(error);
  return `${title}. ${detail}`;
}
