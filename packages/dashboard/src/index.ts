export { siteFolder } from './site-folder.ts';
