import type { DeadLetter, ReplayReceipt, ReplayRequest } from '@user-activity/client';
import { useState } from 'preact/hooks';
import { service, serviceNow } from '../api/service.ts';
import { failureOf } from '../shared/failure.ts';
import { Failed, Loading, Notice } from '../shared/states.tsx';
import { formatAgo, formatCount } from '../shared/time-format.ts';
import { usePolled } from '../shared/use-polled.ts';
import { Modal } from '../shell/modal.tsx';
import { Value } from '../shared/value.tsx';
import { hrefOf } from '../shell/place.ts';
import { Stale } from './stale.tsx';
import { valueText } from './value-text.ts';
import './dead-letters.css';

const pollMs = 15_000;
const maxShown = 50;

/** The latest dead letters, and whether there are more. */
interface Found {
  readonly letters: readonly DeadLetter[];
  readonly hasMore: boolean;
}

async function load(signal: AbortSignal): Promise<Found> {
  const letters: DeadLetter[] = [];
  for await (const letter of service.deadLetters({ order: 'desc', limit: maxShown }, { signal })) {
    if (letters.length === maxShown) return { letters, hasMore: true };
    letters.push(letter);
  }
  return { letters, hasMore: false };
}

/** Lists what could not be stored, with the reason, and replays it. */
export function DeadLetters() {
  const letters = usePolled(load, { everyMs: pollMs });
  const { value, error, reload } = letters;
  const replay = useReplay(reload);
  const [isAsking, setAsking] = useState(false);
  const canReplay = value?.letters.some(isReplayable) ?? false;
  return (
    <section class="dead-letters" aria-labelledby="dead-letters">
      <header>
        <h2 id="dead-letters">
          Dead letters <span>what could not be stored</span>
        </h2>
        {canReplay && (
          <button type="button" class="button" disabled={replay.isRunning} onClick={() => setAsking(true)}>
            Replay all …
          </button>
        )}
      </header>
      {replay.message !== '' && (
        <p class={`replay-message ${replay.isFault ? 'fault' : ''}`} role="status">
          {replay.message}
        </p>
      )}
      {isAsking && (
        <ReplayDialog
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            replay.run({ all: true });
          }}
        />
      )}
      <Stale of={letters} />
      {value === undefined && error !== undefined && <Failed error={error} retry={reload} />}
      {value === undefined && error === undefined && <Loading />}
      {value?.letters.length === 0 && error === undefined && (
        <Notice icon="check" title="There are no dead letters">
          <p>Everything that the log accepted is stored.</p>
        </Notice>
      )}
      {value !== undefined && value.letters.length > 0 && (
        <ul>
          {value.letters.map((letter) => (
            <Letter key={letter.id} letter={letter} replay={replay} />
          ))}
        </ul>
      )}
      {value?.hasMore === true && (
        <p class="hint">
          These are the latest {formatCount(maxShown)}. The API and the command line list all.
        </p>
      )}
    </section>
  );
}

interface ReplayDialogProps {
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** Asks whether all dead letters shall be replayed: there may be many more than the page lists. */
const ReplayDialog = ({ onClose, onConfirm }: ReplayDialogProps) => (
  <Modal title="Replay all dead letters" onClose={onClose}>
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onConfirm();
      }}
    >
      <p>
        The log gets all of them again, also those that are not listed here. Those that fail again become dead
        letters again.
      </p>
      <p class="modal-actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button primary" autofocus>
          Replay all
        </button>
      </p>
    </form>
  </Modal>
);

/** A newer service may have more codes. */
const meanings: Readonly<Record<string, string>> = {
  conflict: 'Another activity has this id',
  refused: 'The store refused it',
  unreadable: 'Nobody can read it',
  invalid: 'It breaks a rule',
};

/** Those that were refused before they reached the log are only kept to be looked at. */
const isReplayable = ({ code }: DeadLetter): boolean => code !== 'invalid';

interface LetterProps {
  readonly letter: DeadLetter;
  readonly replay: Replay;
}

function Letter({ letter, replay }: LetterProps) {
  const { id, code, reason, diedAt, activityId } = letter;
  return (
    <li class="letter">
      <div class="letter-head">
        <strong>{meanings[code] ?? 'It could not be stored'}</strong>
        <span class={`letter-code ${code}`}>{code}</span>
        <time dateTime={diedAt} title={diedAt}>
          {formatAgo(Date.parse(diedAt), serviceNow())}
        </time>
        {isReplayable(letter) ? (
          <button
            type="button"
            class="button"
            aria-label={`Replay ${id}`}
            disabled={replay.isRunning}
            onClick={() => replay.run({ ids: [id] })}
          >
            Replay
          </button>
        ) : (
          <span class="letter-fixed">cannot be replayed: send it again</span>
        )}
      </div>
      <p dir="auto">
        <Value text={reason} hasLines />
      </p>
      {activityId !== undefined && (
        <p class="letter-id">
          Activity{' '}
          <code dir="auto">
            <Value text={activityId} />
          </code>
          {code === 'conflict' && (
            <a href={hrefOf('explore', new URLSearchParams({ from: 'all', id: activityId }))}>
              See the one that is stored
            </a>
          )}
        </p>
      )}
      <details>
        <summary>What was sent</summary>
        <pre dir="auto" tabIndex={0} role="region" aria-label={`What ${id} holds`}>
          <Value text={valueText(letter)} hasLines />
        </pre>
      </details>
    </li>
  );
}

interface Replay {
  readonly isRunning: boolean;
  readonly message: string;
  readonly isFault: boolean;
  readonly run: (which: ReplayRequest) => void;
}

/** Replays dead letters, and says what came of it. */
function useReplay(onDone: () => void): Replay {
  const [state, setState] = useState({ isRunning: false, message: '', isFault: false });
  const replay = async (which: ReplayRequest): Promise<void> => {
    setState({ isRunning: true, message: 'Replaying …', isFault: false });
    try {
      const message = receiptText(await service.replayDeadLetters(which));
      setState({ isRunning: false, message, isFault: false });
      onDone();
    } catch (error) {
      const { kind, title, detail } = failureOf(error);
      const message =
        kind === 'scope'
          ? `This key may not replay: it needs the scope "dead-letters".`
          : `${title}. ${detail}`;
      setState({ isRunning: false, message, isFault: true });
    }
  };
  return { ...state, run: (which) => void replay(which) };
}

function receiptText({ replayed, tooLarge = 0, more = false }: ReplayReceipt): string {
  const sentences = [
    replayed === 0
      ? 'There was nothing to replay.'
      : `The log holds ${formatCount(replayed)} of them again. Those that fail again come back.`,
    ...(tooLarge === 0 ? [] : [`${formatCount(tooLarge)} are too large for the log.`]),
    ...(more ? ['Replay again for the rest.'] : []),
  ];
  return sentences.join(' ');
}
