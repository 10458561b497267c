import { activityLogged, type Clock, type EventPublisher, type Outbox } from '@user-activity/domain';

/**
 * Publishes the ready audit events of the outbox, the oldest first, and removes those that the log holds. Returns their number. Several
 * processes may do this at once: the store keeps an event once, however often it is published. Throws LOG_UNAVAILABLE, LOG_BUSY,
 * STORE_UNAVAILABLE and STORE_TIMEOUT; the remaining events stay.
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
      if (ready.length < portionSize) return published;
    }
  };
