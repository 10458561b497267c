export { PrometheusMetrics } from './prometheus-metrics.ts';
export { PullReader } from './pull-reader.ts';
