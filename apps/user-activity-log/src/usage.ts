/** The part of the help that tells how to run the service. The help of the command line follows it. */
export const usageOfServices = `Run the service:
  user-activity-log             API and consumer in one process; its data goes to ./data
  user-activity-log standalone  the same
  user-activity-log api         the API alone, on Kafka and MongoDB
  user-activity-log consumer    a consumer alone, on Kafka and MongoDB

The first two need no configuration, listen on http://127.0.0.1:3000 and keep all data in one folder. Environment
variables change that: PORT, HOST and DATA_DIR, API_KEYS, KAFKA_BROKERS with MONGODB_URI, and others.
`;
