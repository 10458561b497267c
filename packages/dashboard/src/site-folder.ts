/**
 * The folder of the built site: `index.html`, and `assets` with files whose names change with their content. It is beside the folder of this
 * module: beside `src`, beside `dist`, and beside the folder of a bundle that includes this module.
 */
export const siteFolder: URL = new URL('../site/', import.meta.url);
