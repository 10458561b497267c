export type { Health, HealthHistory, HealthPoint } from '../api/health.ts';
export { HealthClient } from './health-client.ts';
