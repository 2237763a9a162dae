export { openEngines } from './open-engines.ts';
