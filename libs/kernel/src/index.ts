export * from './decider.ts';
export * from './messages.ts';
export * from './minor-units.ts';
export * from './money.ts';
export * from './persistent-map.ts';
export * from './process-manager.ts';
export * from './projection.ts';
export * from './public-message.ts';
