// What a page without an SDK does: it sends a beacon, the same as a request without CORS, and a request whose response it reads.
async function sendAll({ url, key, id }) {
  const call = { type: 'track', messageId: `beacon-${id}`, userId: 'ann', event: 'VIEW' };
  const body = JSON.stringify({ writeKey: key, batch: [call] });
  const isQueued = navigator.sendBeacon(`${url}/v1/batch`, body);
  await fetch(`${url}/v1/batch`, { method: 'POST', body, mode: 'no-cors' });
  try {
    const response = await fetch(`${url}/api/logs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id, userId: 'ann', type: 'VIEW' }),
    });
    const hasRequestId = response.headers.has('x-request-id');
    return { isQueued, status: response.status, id: (await response.json()).id, hasRequestId };
  } catch (error) {
    return { isQueued, error: String(error) };
  }
}
