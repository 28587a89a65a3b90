export {
  ObjectStore,
  type ObjectFacts,
  type ObjectVersion,
  type PresignOptions,
  type PutOptions,
} from './object-store';
export {
  objectStore,
  objectStoreEnvironment,
  ObjectStoreModule,
  type ObjectStoreSettings,
} from './object-store.module';
