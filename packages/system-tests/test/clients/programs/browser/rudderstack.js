// What a page with RudderStack's SDK does.
function useRudderStack({ writeKey, dataPlaneUrl, useBeacon }) {
  window.analytics = new rudderanalytics.RudderAnalytics();
  analytics.load(writeKey, dataPlaneUrl, {
    configUrl: location.origin,
    useBeacon,
    // By default, the SDK sends a beacon after 10 events or 10 s. It also sends one when the page is left.
    beaconQueueOptions: { maxItems: 2 },
  });
  analytics.identify('ann', { plan: 'pro' });
  analytics.track('Order Completed', { total: 12.5 });
}
