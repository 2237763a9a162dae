export { MongoNotUsable } from './connection.ts';
export { type MongoReadModels, openMongoReadModels } from './engine.ts';
