export {
  activityLoggedType,
  activityMessage,
  type MessageContext,
  readMessage,
  type TopicMessage,
} from './activity-message.ts';
export { deadLetterMessage, readDeadLetter } from './dead-letter-message.ts';
export { encodedHeadersHeader, unreadableBatchHeader } from './kept-bytes.ts';
