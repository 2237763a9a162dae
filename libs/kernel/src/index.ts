export * from './decider.ts';
export * from './messages.ts';
export * from './money.ts';
export * from './persistent-map.ts';
export * from './process-manager.ts';
export * from './projection.ts';
