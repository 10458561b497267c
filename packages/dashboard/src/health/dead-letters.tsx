import type { DeadLetter, ReplayReceipt, ReplayRequest } from '@user-activity/client';
import { useState } from 'preact/hooks';
import { service, serviceNow } from '../api/service.ts';
import { describeFailure } from '../shared/failure.ts';
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
interface LoadedLetters {
  readonly letters: readonly DeadLetter[];
  readonly hasMore: boolean;
}

async function loadLetters(signal: AbortSignal): Promise<LoadedLetters> {
  const letters: DeadLetter[] = [];
  for await (const letter of service.deadLetters({ order: 'desc', limit: maxShown }, { signal })) {
    if (letters.length === maxShown) return { letters, hasMore: true };
    letters.push(letter);
  }
  return { letters, hasMore: false };
}

/** Lists the latest dead letters with the reason why each could not be stored, and offers to replay them. */
export function DeadLetters() {
  const letters = usePolled(loadLetters, { everyMs: pollMs });
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
          These are the latest {formatCount(maxShown)} dead letters. The API and the command line list all of
          them.
        </p>
      )}
    </section>
  );
}

interface ReplayDialogProps {
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** Asks for a confirmation before all dead letters are replayed, because there may be many more than the page lists. */
const ReplayDialog = ({ onClose, onConfirm }: ReplayDialogProps) => (
  <Modal title="Replay all dead letters" onClose={onClose}>
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onConfirm();
      }}
    >
      <p>
        This sends all dead letters back to the log, including those that are not listed here. Records that
        fail again become dead letters again.
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

/** The meanings of the known codes. A newer service may have more codes. */
const codeMeanings: Readonly<Record<string, string>> = {
  conflict: 'Another activity has this id',
  refused: 'The store refused it',
  unreadable: 'It is unreadable',
  invalid: 'It breaks a rule',
};

/** A dead letter with the code `invalid` was refused before it reached the log, so there is no record to replay. */
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
        <strong>{codeMeanings[code] ?? 'It could not be stored'}</strong>
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
        <Value text={reason} isMultiline />
      </p>
      {activityId !== undefined && (
        <p class="letter-id">
          Activity{' '}
          <code dir="auto">
            <Value text={activityId} />
          </code>
          {code === 'conflict' && (
            <a href={hrefOf('explore', new URLSearchParams({ from: 'all', id: activityId }))}>
              Show the stored activity
            </a>
          )}
        </p>
      )}
      <details>
        <summary>What was sent</summary>
        <pre dir="auto" tabIndex={0} role="region" aria-label={`Content of ${id}`}>
          <Value text={valueText(letter)} isMultiline />
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

/** Returns a function that replays dead letters, and the state of the latest replay. Calls `onDone` after each successful replay. */
function useReplay(onDone: () => void): Replay {
  const [state, setState] = useState({ isRunning: false, message: '', isFault: false });
  const replay = async (which: ReplayRequest): Promise<void> => {
    setState({ isRunning: true, message: 'Replaying …', isFault: false });
    try {
      const message = receiptText(await service.replayDeadLetters(which));
      setState({ isRunning: false, message, isFault: false });
      onDone();
    } catch (error) {
      const { kind, title, detail } = describeFailure(error);
      const message =
        kind === 'scope'
          ? `This key may not replay: it needs the scope "dead-letters".`
          : `${title}. ${detail}`;
      setState({ isRunning: false, message, isFault: true });
    }
  };
  return { ...state, run: (which) => void replay(which) };
}

/** Returns a text that says what a replay did. */
function receiptText({ replayed, tooLarge = 0, more = false }: ReplayReceipt): string {
  const sentences = [
    replayed === 0
      ? 'There was nothing to replay.'
      : `Sent back to the log: ${formatCount(replayed)}. Records that fail again become dead letters again.`,
    ...(tooLarge === 0 ? [] : [`Too large for the log: ${formatCount(tooLarge)}.`]),
    ...(more ? ['The time limit was reached: replay again for the rest.'] : []),
  ];
  return sentences.join(' ');
}
