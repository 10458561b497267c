import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kafkaBrokers: readonly string[];
    readonly mongodbUri: string;
  }
}

/** Returns `host:port` of each broker that all tests share. */
export const kafkaBrokers = (): readonly string[] => inject('kafkaBrokers');

/** Returns the connection string of the replica set that all tests share. */
export const mongodbUri = (): string => inject('mongodbUri');
