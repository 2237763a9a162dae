/** What the tests over running services share with the demo and the checker. */
export * from './checker/index.ts';
export { type EngineName, engineNames, type RunningEngines, startEngines } from './engines/servers.ts';
export * from './journey/index.ts';
export { serviceFlags, serviceSettings } from './service-process.ts';
