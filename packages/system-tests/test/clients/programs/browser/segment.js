// What a page with Segment's SDK does. Resolves with the failures that the SDK reports.
async function useSegment({ writeKey, apiHost }) {
  const [analytics] = await AnalyticsNext.AnalyticsBrowser.load({
    writeKey,
    cdnSettings: { integrations: { 'Segment.io': { apiKey: writeKey, apiHost, protocol: 'http' } } },
  });
  const failures = [];
  analytics.on('error', (error) => failures.push(String(error.reason)));
  const deliveries = [
    await analytics.identify('ann', { plan: 'pro' }, { messageId: 'm-1' }),
    await analytics.track('Order Completed', { total: 12.5 }, { messageId: 'm-2' }),
    await analytics.page('Docs', 'Home', { url: '/' }, { messageId: 'm-3' }),
  ];
  return [...failures, ...deliveries.flatMap((context) => context.failedDelivery() ?? [])];
}
