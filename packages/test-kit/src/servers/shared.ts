import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kafkaBrokers: readonly string[];
    readonly mongodbUri: string;
  }
}

/** `host:port` of the brokers that all tests share. */
export const kafkaBrokers = (): readonly string[] => inject('kafkaBrokers');

/** The connection string of the replica set that all tests share. */
export const mongodbUri = (): string => inject('mongodbUri');
