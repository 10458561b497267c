export {
  eventMessage,
  type MessageContext,
  readMessage,
  type TopicMessage,
} from './event-message.ts';
export { deadLetterMessage, readDeadLetter } from './dead-letter-message.ts';
export { encodedHeadersHeader, unreadableBatchHeader } from './kept-bytes.ts';
