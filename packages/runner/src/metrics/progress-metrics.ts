import type { ProgressState } from '@user-activity/application';
import { attributesBy, counter, meter } from './meter.ts';

/** Wraps `onRestart` to count its calls: each is a replacement of a consumer's group member. */
export function withRestartCounter(onRestart: (reason: unknown) => void): (reason: unknown) => void {
  const restarts = counter(
    'user_activity.consumer.restarts',
    '{restart}',
    'Consumer members replaced, by the watchdog or because they ended by themselves',
  );
  return (reason) => {
    restarts.add(1);
    onRestart(reason);
  };
}

const states = ['moving', 'waiting', 'stalled', 'dead'] as const satisfies readonly ProgressState[];

/** Measures the state of the consumer, as its watchdog reports it. */
export function measureProgress(watchdog: { readonly state: ProgressState }): void {
  const stateAttributes = attributesBy('user_activity.state');
  meter()
    .createObservableGauge('user_activity.watchdog.state', {
      unit: '1',
      description: 'State of the consumer: 1 for the current state, 0 for the others',
    })
    .addCallback((result) => {
      for (const state of states) result.observe(Number(state === watchdog.state), stateAttributes(state));
    });
}
