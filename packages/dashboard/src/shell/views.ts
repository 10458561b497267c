import type { ComponentType } from 'preact';
import { Explore } from '../explore/explore.tsx';
import { Health } from '../health/health.tsx';
import { Live } from '../live/live.tsx';
import type { IconName } from '../shared/icon.tsx';
import { User } from '../user/user.tsx';

/** A view of the page. Its component takes its parameters from the URL. */
export interface View {
  /** The name of the view in the URL. */
  readonly name: string;
  readonly title: string;
  readonly icon: IconName;
  readonly Component: ComponentType;
}

/** The views, in the order of the navigation. The page shows the first one by default. */
export const views: readonly [View, ...View[]] = [
  { name: 'explore', title: 'Explore', icon: 'search', Component: Explore },
  { name: 'live', title: 'Live', icon: 'activity', Component: Live },
  { name: 'user', title: 'User', icon: 'user', Component: User },
  { name: 'health', title: 'Health', icon: 'pulse', Component: Health },
];
