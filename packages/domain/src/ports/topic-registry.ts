/**
 * Remembers the number of partitions with which a topic began. It must not change: it decides on which partition a user's records are.
 *  T1 First     `register` always returns the first number that was registered for the topic, whatever number is passed later.
 *  T2 Apart     every topic has its own number, whatever the topic's name is.
 *  T3 Durable   a new handle on the same store returns the same number.
 *  T4 Racing    N concurrent calls for one topic with different numbers all return the same one of these numbers.
 *  T5 Honest    while the store is unreachable, it rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again afterwards.
 */
export interface TopicRegistry {
  /** Returns the number of partitions that was registered first for the topic. Registers `partitions` if there was none. */
  register(topic: string, partitions: number): Promise<number>;
}
