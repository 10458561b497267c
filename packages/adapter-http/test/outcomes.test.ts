import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryDeadLetterQueue } from '@user-activity/adapter-memory';
import type { ActivityOutcome } from '@user-activity/domain';
import { ActivityId, DomainError, Timestamp } from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { post, type Service, refusal, seen, service } from './service.ts';

const example = { id: 'a/b', userId: '123', type: 'LOGIN' };
const patient = { prefer: 'wait=30' };

/** Waits until the log holds `many` activities, and stores what it holds. */
async function store({ logged, repository }: Service, many = 1): Promise<void> {
  const activities = () =>
    logged().flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity] : []));
  while (activities().length < many) await nextTurn();
  await repository.save(activities());
}

describe('POST /api/logs with Prefer: wait', () => {
  test('answers 201 with the location once the activity is stored', async () => {
    const it = await service();
    const response = post(it.app, '/api/logs', example, { prefer: 'respond-async, wait=99' });
    await store(it);
    expect(seen(await response)).toEqual({ status: 201, body: { id: 'a/b', status: 'stored' } });
    expect((await response).headers).toMatchObject({
      location: '/api/logs/a%2Fb',
      'preference-applied': 'wait=30',
    });
  });

  test('answers 200 to the same fact again, and 409 to another one', async () => {
    const it = await service();
    await it.repository.save([sampleActivity({ ...example, receivedAt: '2020-01-01T00:00:00Z' })]);
    expect(seen(await post(it.app, '/api/logs', example, patient))).toEqual({
      status: 200,
      body: { id: 'a/b', status: 'duplicate' },
    });
    expect(seen(await post(it.app, '/api/logs', { ...example, type: 'LOGOUT' }, patient))).toEqual({
      status: 409,
      body: { id: 'a/b', status: 'conflict' },
    });
  });

  test('answers 202 after the time limit, and at once if the time is 0', async () => {
    const it = await service();
    const response = await post(it.app, '/api/logs', example, { prefer: 'wait=0' });
    expect(seen(response)).toEqual({ status: 202, body: { id: 'a/b', status: 'accepted' } });
    expect(response.headers).toMatchObject({
      location: '/api/logs/a%2Fb',
      'preference-applied': 'wait=0',
    });
    const second = post(it.app, '/api/logs', example, { prefer: 'wait=1' });
    expect((await second).statusCode).toBe(202);
    expect(it.outcomeWaiter.waiting).toBe(0);
  });

  test('answers 202 at once if too many wait, or the service stops', async () => {
    const it = await service();
    const send = () => post(it.app, '/api/logs', example, patient);
    const waiting = Array.from({ length: it.outcomeWaiter.max }, send);
    while (it.outcomeWaiter.waiting < it.outcomeWaiter.max) await nextTurn();
    expect((await send()).statusCode).toBe(202);
    it.outcomeWaiter.close();
    for (const response of await Promise.all(waiting)) expect(response.statusCode).toBe(202);
    expect((await send()).headers['preference-applied']).toBe('wait=30');
  });

  test.each(['respond-async', 'wait=soon', 'foo="wait=1"'])('%s is ignored', async (prefer) => {
    const it = await service({ useCases: { logAndWait: () => Promise.reject(new Error('nobody waits')) } });
    const response = await post(it.app, '/api/logs', example, { prefer });
    expect(response.statusCode).toBe(202);
    expect(response.headers['preference-applied']).toBeUndefined();
  });

  test('a body that breaks a rule, and an unavailable log, are problems as without the header', async () => {
    const it = await service();
    const invalid = await post(it.app, '/api/logs', { ...example, userId: 7 }, patient);
    expect(seen(invalid)).toMatchObject({ status: 422, body: { errors: [{ path: '/userId' }] } });
    expect(invalid.headers['content-type']).toMatch(/^application\/problem\+json/);
    it.log.reachable = false;
    const unsure = await post(it.app, '/api/logs', example, patient);
    expect(seen(unsure)).toMatchObject({ status: 503, body: { ids: ['a/b'] } });
    expect(unsure.headers['preference-applied']).toBeUndefined();
  });

  test.each<[ActivityOutcome, number, boolean]>([
    ['stored', 201, true],
    ['duplicate', 200, false],
    ['accepted', 202, true],
    ['conflict', 409, false],
    ['erased', 410, false],
    ['dead_lettered', 422, false],
  ])('%s is %i', async (status, code, located) => {
    const it = await service({
      useCases: { logAndWait: async () => ({ id: ActivityId.parse('a/b'), status }) },
    });
    const response = await post(it.app, '/api/logs', example, patient);
    expect(seen(response)).toEqual({ status: code, body: { id: 'a/b', status } });
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.headers['preference-applied']).toBe('wait=30');
    expect(response.headers['location']).toBe(located ? '/api/logs/a%2Fb' : undefined);
  });
});

describe('GET /api/logs/{id}/status', () => {
  test('returns the status of an id', async () => {
    const it = await service();
    const status = async () => seen(await it.app.inject('/api/logs/a%2Fb/status'));
    expect(await status()).toEqual({ status: 200, body: { id: 'a/b', status: 'unknown' } });
    const activityId = ActivityId.parse('a/b');
    await new MemoryDeadLetterQueue(it.store).add([
      letterOf(1, { activityId, diedAt: Timestamp.fromMillis(0) }),
    ]);
    expect(await status()).toEqual({ status: 200, body: { id: 'a/b', status: 'dead_lettered' } });
    await it.repository.save([sampleActivity({ id: 'a/b' })]);
    expect(await status()).toEqual({ status: 200, body: { id: 'a/b', status: 'stored' } });
  });

  test.each(['a%20b', '...', 'x'.repeat(129)])('%s is not a valid id: 404', async (id) => {
    const it = await service();
    expect(seen(await it.app.inject(`/api/logs/${id}/status`))).toMatchObject(
      refusal(404, /^No activity can have that id: /),
    );
  });

  test('refuses parameters and other methods, and is 503 while the store is unavailable', async () => {
    const it = await service();
    expect((await it.app.inject('/api/logs/a/status?x=1')).statusCode).toBe(400);
    const other = await it.app.inject({ method: 'DELETE', url: '/api/logs/a/status' });
    expect([other.statusCode, other.headers['allow']]).toEqual([405, 'GET, HEAD']);
    it.store.reachable = false;
    const response = await it.app.inject('/api/logs/a/status');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '5']);
  });

  test('a query that takes too long is 503', async () => {
    const late = new DomainError('STORE_TIMEOUT', 'Too long.');
    const it = await service({ useCases: { findStatus: () => Promise.reject(late) } });
    expect((await it.app.inject('/api/logs/a/status')).statusCode).toBe(503);
  });
});
