import type { ComponentType } from 'preact';
import { Explore } from '../explore/explore.tsx';
import type { IconName } from '../shared/icon.tsx';

/** A view of the page. It draws what the parameters of the place say. */
export interface View {
  /** Its name in the URL. */
  readonly name: string;
  readonly title: string;
  readonly icon: IconName;
  readonly Component: ComponentType;
}

/** The views, in the order of the navigation. The page begins with the first one. */
export const views: readonly [View, ...View[]] = [
  { name: 'explore', title: 'Explore', icon: 'search', Component: Explore },
];
