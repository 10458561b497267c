import { isDomainError, ProjectId, UserId } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { anonymiser, digestUser } from '../src/anonymisation.ts';

const shop = ProjectId.parse('shop');
const [ann, ben] = [UserId.parse('ann'), UserId.parse('ben')];
const secret = 'a secret of this deployment';

test('a user has the same replacement in every process with the same secret, and no other user has it', () => {
  const replacement = anonymiser(secret).replace(shop, ann);
  expect(anonymiser(secret).replace(shop, ann)).toBe(replacement);
  const others = [
    anonymiser(secret).replace(shop, ben),
    anonymiser(secret).replace(ProjectId.default, ann),
    anonymiser(`${secret}!`).replace(shop, ann),
    // A space separates project and user. No project id contains a space, so no other pair gives the same text.
    anonymiser(secret).replace(shop, UserId.parse('shop ann')),
  ];
  expect(new Set([replacement, ...others]).size).toBe(5);
});

test('a replacement is a valid user id that does not reveal the user', () => {
  const replacement = anonymiser(secret).replace(shop, ann);
  expect(UserId.parse(replacement)).toBe(replacement);
  expect(replacement).toMatch(/^anon_[\w-]{43}$/);
});

test('without a secret, users are not replaced, and the error names the variable', () => {
  let thrown: unknown;
  try {
    anonymiser(undefined).replace(shop, ann);
  } catch (error) {
    thrown = error;
  }
  expect(isDomainError(thrown, 'STORE_UNAVAILABLE')).toBe(true);
  expect(String(thrown)).toContain('ANONYMISATION_KEY');
});

test('a user id and the key of its records have the same digest', () => {
  const user = UserId.parse('ünal');
  expect(digestUser(user)).toBe(digestUser(Buffer.from(user)));
  expect(digestUser(user)).not.toBe(digestUser('unal'));
});
