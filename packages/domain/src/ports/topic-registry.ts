/**
 * Remembers with how many partitions a topic began. The place of a user depends on it for as long as anything of them is kept.
 *  T1 First     the first number that a topic is registered with is told from then on, whichever comes later.
 *  T2 Apart     every topic has its own, whatever it is called.
 *  T3 Durable   a new handle on the same store tells the same.
 *  T4 Racing    of N that register a topic at once with different numbers, all are told one of them, and the same.
 *  T5 Honest    while the store is out of reach it rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again afterwards.
 */
export interface TopicRegistry {
  /** Tells with how many partitions the topic was registered first: with these, where it was not known. */
  register(topic: string, partitions: number): Promise<number>;
}
