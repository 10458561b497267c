/**
 * The URL of the folder with the built site: `index.html`, and `assets` with files whose names change with their content. The folder is a
 * sibling of the folder that contains this module: `src`, `dist`, or the folder of a bundle that includes this module.
 */
export const siteFolder: URL = new URL('../site/', import.meta.url);
