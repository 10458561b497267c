import { options, rules } from './packages/workspace/src/architecture.ts';

export default { forbidden: rules, options };
