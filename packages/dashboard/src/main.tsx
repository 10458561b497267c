import { render } from 'preact';
import './shared/tokens.css';
import './shared/base.css';
import './shell/shell.css';
import { Shell } from './shell/shell.tsx';

const root = document.querySelector('#app');
if (root === null) throw new Error('The page has no element #app for the dashboard.');
render(<Shell />, root);
