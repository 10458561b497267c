import { activityLogged, type Clock, type EventPublisher, type Outbox } from '@user-activity/domain';

/**
 * Publishes the ready audit events of the outbox, the oldest first, and removes them from the outbox once the log holds them. Returns the
 * number of published events. Several processes may do this at once: an event that is published twice is stored once. Throws
 * LOG_UNAVAILABLE, LOG_BUSY, STORE_UNAVAILABLE and STORE_TIMEOUT; the remaining events stay in the outbox.
 */
export type RelayAuditEvents = () => Promise<number>;

interface Deps {
  readonly outbox: Pick<Outbox, 'findReady' | 'remove'>;
  readonly publisher: Pick<EventPublisher, 'publish'>;
  readonly clock: Clock;
}

const portionSize = 100;

export const makeRelayAuditEvents = ({ outbox, publisher, clock }: Deps): RelayAuditEvents =>
  async function relayAuditEvents() {
    let published = 0;
    for (;;) {
      const ready = await outbox.findReady(clock.now(), portionSize);
      if (ready.length === 0) return published;
      await publisher.publish(ready.map(activityLogged));
      await outbox.remove(ready.map(({ id }) => id));
      published += ready.length;
    }
  };
